#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "affix/soci/dialect.hpp"
#include "manager/manager_core.hpp"

namespace affix::detail {

/// The ledger's second table: which instance and environment the database belongs to, and a number
/// that grows with each pass of the reaper. The disks carry both, so that neither a copy of the
/// database nor one that was restored from a backup takes files away from the real one.
///
/// On a disk: `.affix/<instance>/token` with the token, `.affix/<instance>/epoch/<number>`.
class Stamps {
 public:
  Stamps(soci::session& sql, const ManagerCore& core);

  /// Creates the table and its row, checks them, and stamps the disks that have no token.
  void ensure();
  /// `Errc::conflict` if database, disks and options do not belong together.
  void check();
  /// Counts one up, durably, and tells every disk. `Errc::conflict` if a disk has seen a database
  /// that is further. Afterwards all that was committed before is durable, too.
  void advance();
  /// As `advance` for the database alone.
  void make_durable();
  /// Makes the disks this database's, whatever they carried.
  void claim();

 private:
  struct Row {
    std::string token;
    std::int64_t epoch = 0;
  };

  template <class Statement>
  void run(std::string_view name, std::string_view message, Statement statement) const;
  Row read();
  void insert_row();
  bool has_row();
  std::int64_t count_up(std::int64_t beyond);
  void fall_behind();
  [[noreturn]] void refuse_copy(const std::string& disk) const;
  std::int64_t highest(Disk& disk) const;
  void put_epoch(Disk& disk, std::int64_t epoch) const;
  void check_disk(Disk& disk, const std::string& token) const;
  Key token_key() const { return core_.own_folder() / "token"; }
  Key epoch_folder() const { return core_.own_folder() / "epoch"; }

  soci::session& sql_;
  const ManagerCore& core_;
  const Dialect& dialect_;
  std::string table_;
};

}  // namespace affix::detail
