#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "affix/storage/disk.hpp"

namespace affix {

/// The disks of an application by name; the first one is the default. The names are stored with
/// every attachment, so they must not change while rows use them. A copy shares the disks.
/// Reading is safe from many threads.
class Disks {
 public:
  Disks() = default;
  /// Throws `Errc::invalid_argument` for a name that is empty, longer than 64 bytes, has other
  /// characters than `[A-Za-z0-9_-]`, or is given twice, and for a null pointer.
  Disks(std::initializer_list<std::pair<std::string, std::shared_ptr<Disk>>> disks);

  void add(std::string name, std::shared_ptr<Disk> disk);

  /// `Errc::unknown_disk`. An empty name is the default disk.
  Disk& get(std::string_view name = {}) const;
  /// In alphabetical order.
  std::vector<std::string> names() const;
  bool contains(std::string_view name) const noexcept;
  /// Empty if there is no disk.
  const std::string& default_name() const noexcept { return default_name_; }

 private:
  std::map<std::string, std::shared_ptr<Disk>, std::less<>> disks_;
  std::string default_name_;
};

}  // namespace affix
