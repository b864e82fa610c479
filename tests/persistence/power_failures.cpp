#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "affix/storage/checksum.hpp"
#include "affix/testing/power_loss_disk.hpp"
#include "catch.hpp"
#include "support/album_operations.hpp"
#include "support/campaign.hpp"
#include "support/temporary_directory.hpp"
#include "support/text_converter.hpp"

// The power fails at every moment of an operation. Of the disk is left what it has synced, and any
// part of the rest. The database may have lost what it committed last, up to the last commit that
// it had been made to write: as one that answers before it writes.

using namespace affix;
using namespace affix::tests;
namespace fs = std::filesystem;

namespace {

/// The database after one of its commits.
struct Version {
  std::size_t moment = 0;  ///< Of the disk, when it was committed.
  bool durable = false;    ///< Whether that commit was written with everything before it.
  std::string bytes{};
};

/// Puts a database into memory, where nobody waits until it is synced.
void load(soci::session& sql, const std::string& bytes) {
  using namespace sqlite_api;  // Into which SOCI's header puts SQLite's functions.
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  auto* const copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
  std::ranges::copy(bytes, copy);
  auto* const connection = static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
  const int result =
      sqlite3_deserialize(connection, "main", copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
  REQUIRE(result == SQLITE_OK);
}

/// An application with an album.
struct Application {
  Application(std::shared_ptr<Disk> disk, const std::string& database)
      : files({.disks = {{"local", std::move(disk)}},
               .converter = std::make_shared<TextConverter>(),
               .presets = {{.name = "thumb", .width = 200}, {.name = "card", .width = 640}},
               .clock = clock}),
        sql(soci::sqlite3, "db=" + database) {
    sql << "pragma synchronous = off";
  }

  const std::shared_ptr<testing::ManualClock> clock =
      std::make_shared<testing::ManualClock>(system_clock()->now());
  AttachmentManager files;
  soci::session sql;
  Album album{sql, files, *clock, "album"};
};

/// How many states were looked at, and in how many of them a promise is broken.
struct States {
  int looked_at = 0;
  int damaged = 0;
  Damage damage{};  ///< Of the first of them.
};

/// A machine that can lose its power.
class Machine {
 public:
  explicit Machine(const Operation& operation)
      : operation_(operation), application_(power_.disk(), database().string()) {
    ensure_schema(application_.sql, application_.files);
    album().make_table();
    album().fill();
    if (operation.prepare) operation.prepare(album());
    keep(true);
    start_ = power_.moments();
    detail::ManagerAccess::core(application_.files).around_statement =
        [this](std::string_view name, const std::function<void()>& run) {
          run();
          if (in_transaction(application_.sql)) return;
          keep(name == "meta.count_up" || name == "ledger.fence" || name == "ledger.claim");
        };
  }

  Album& album() { return application_.album; }

  /// The operation, and what comes after it.
  void run() {
    operation_.run(album());
    keep(false);  // If its last statement was one by hand.
    reap_for(album(), operation_.leftover);
  }

  /// Looks at what each failure may leave.
  States fail_everywhere() {
    for (std::size_t moment = start_; moment <= power_.moments(); ++moment) {
      for (int kind = 0; kind < rounds(8, 200); ++kind) look_at(moment, kind);
    }
    return std::move(states_);
  }

 private:
  fs::path database() const { return directory_.path() / "album.db"; }

  /// Remembers what the database has, unless that is nothing new.
  void keep(bool durable) {
    std::string bytes = read_file(database());
    if (!durable && !versions_.empty() && versions_.back().bytes == bytes) return;
    versions_.push_back({power_.moments(), durable, std::move(bytes)});
  }

  std::span<const Version> possible(std::size_t moment) const {
    std::size_t first = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < versions_.size(); ++i) {
      if (versions_[i].moment <= moment) last = i;
      if (versions_[i].durable && versions_[i].moment < moment) first = i;
    }
    return std::span(versions_).subspan(first, last + 1 - first);
  }

  /// One way in which the disk may be left, with each database that there can be; unless there was
  /// this state before.
  void look_at(std::size_t moment, int kind) {
    std::string content;
    {
      const TemporaryDirectory left;
      const auto disk = left_of(moment, kind, left);
      for (const auto& [key, size] : everything_on(*disk)) content += key + checksum_of(*disk, key);
    }
    for (const Version& version : possible(moment)) {
      const std::string number = std::to_string(&version - versions_.data());
      if (!seen_.insert(number + content).second) continue;
      const TemporaryDirectory left;
      Damage damage = damage_of(left_of(moment, kind, left), version.bytes);
      ++states_.looked_at;
      if (!damage.empty() && ++states_.damaged == 1) states_.damage = std::move(damage);
    }
  }

  std::shared_ptr<Disk> left_of(std::size_t moment, int kind,
                                const TemporaryDirectory& left) const {
    auto choices = kind == 0   ? testing::PowerLossChoices()
                   : kind == 1 ? testing::PowerLossChoices::keep_everything()
                               : testing::PowerLossChoices::at_random(moment * 1000 + kind);
    power_.restore(moment, choices, left.path() / "root");
    return make_local_disk({.root = left.path() / "root", .durability = Durability::kill_safe});
  }

  Damage damage_of(const std::shared_ptr<Disk>& disk, const std::string& database) const {
    Application left(disk, ":memory:");
    load(left.sql, database);
    const std::vector<Rows> whatever{RowReader(left.album).read()};
    Damage damage = damage_at_once(left.album, whatever, operation_.leftover);
    for (const auto& [place, content] : whatever.front().contents) {
      const bool whole = content.find("MISSING") == content.npos;
      if (!whole || content.find("DAMAGED") != content.npos) damage.push_back(place + content);
    }
    for (std::string& one : damage_after_reaping(left.album, operation_.leftover)) {
      damage.push_back(std::move(one));
    }
    return damage;
  }

  static std::string checksum_of(Disk& disk, const std::string& key) {
    const std::string bytes = read_all(*disk.open(Key::parse(key)));
    return checksum(std::as_bytes(std::span(bytes)));
  }

  static std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const Operation& operation_;
  TemporaryDirectory directory_;
  testing::PowerLossDisk power_{{.root = directory_.path() / "root"}};
  Application application_;
  std::vector<Version> versions_;
  std::set<std::string> seen_;
  std::size_t start_ = 0;
  States states_;
};

void replace_twice(Album& album) {
  run_replace(album);
  run_replace(album);
}

void abandon(Album& album) {
  static_cast<void>(album.files.create(Album::text("Nobody's."), {.variants = {"thumb"}}));
}

/// What other libraries do: the old file goes as soon as the commit has returned.
void remove_eagerly(Album& album) {
  Transaction tx(album.sql, album.files);
  const auto old = album.avatar.load(album.sql, 1);
  tx.replace(album.avatar, 1, Album::text("A new avatar."));
  tx.after_commit(
      [&album, old] { album.disk().remove_prefix(Key::parse("attachments/" + old->id)); });
  tx.commit();
}

States states_of(const Operation& operation) {
  Machine machine(operation);
  machine.run();
  return machine.fail_everywhere();
}

}  // namespace

TEST_CASE("whenever the power fails, rows and files are whole and nothing is left behind") {
  std::vector<Operation> all(std::begin(operations), std::end(operations));
  all.push_back({"replace twice", &replace_twice});
  all.push_back({"abandon an upload", &abandon});
  int total = 0;
  for (const Operation& operation : all) {
    const States states = states_of(operation);
    std::cout << operation.name << ": " << states.looked_at
              << " states after a power failure, damaged: " << states.damaged << std::endl;
    CAPTURE(operation.name, states.damage);
    CHECK(states.looked_at >= 2);
    CHECK(states.damaged == 0);
    total += states.looked_at;
  }
  CHECK(total > 350);
}

TEST_CASE("removing at once what a commit gave up is damage after a power failure") {
  CHECK(states_of({"remove eagerly", &remove_eagerly}).damaged > 0);
}
