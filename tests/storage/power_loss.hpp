#pragma once

#include <fcntl.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "affix/storage/local_disk.hpp"
#include "affix/storage/memory_disk.hpp"
#include "disk_text.hpp"
#include "storage/local_disk_system.hpp"
#include "support/temporary_directory.hpp"
#include "testing/disk_recording_calls.hpp"

namespace affix::tests {

/// Says that it has synced, and has not.
class LyingCalls : public testing::RecordingCalls {
 public:
  enum class About { data, directories };

  LyingCalls(const std::filesystem::path& root, About about)
      : RecordingCalls(root), about_(about) {}

  int sync_data(int file) override {
    return about_ == About::data ? 0 : RecordingCalls::sync_data(file);
  }
  int sync_directory(int directory) override {
    return about_ == About::directories ? 0 : RecordingCalls::sync_directory(directory);
  }

 private:
  About about_;
};

/// Keeps all directories, as if somebody always put something into them just before.
class KeepingCalls : public testing::RecordingCalls {
 public:
  using RecordingCalls::RecordingCalls;

  int remove(int directory, const std::string& name, int flags) override {
    if ((flags & AT_REMOVEDIR) == 0) return RecordingCalls::remove(directory, name, flags);
    errno = ENOTEMPTY;
    return -1;
  }
};

/// Does some calls and no more, as a process that dies: what comes then fails and changes nothing.
class DyingCalls : public detail::SystemCalls {
 public:
  DyingCalls(std::shared_ptr<SystemCalls> calls, int lifetime)
      : calls_(std::move(calls)), left_(lifetime) {}

  bool has_died() const { return died_; }

  detail::Opened open(int directory, const std::string& path, int flags,
                      detail::Resolution resolution, unsigned mode) override {
    if (!live()) return {{}, EIO};
    return calls_->open(directory, path, flags, resolution, mode);
  }
  ssize_t write(int file, std::span<const std::byte> bytes) override {
    return live() ? calls_->write(file, bytes) : -1;
  }
  ssize_t copy(int from, int to, std::size_t count) override {
    return live() ? calls_->copy(from, to, count) : -1;
  }
  int set_mode(int file, unsigned mode) override {
    return live() ? calls_->set_mode(file, mode) : -1;
  }
  int make_directory(int parent, const std::string& name, unsigned mode) override {
    return live() ? calls_->make_directory(parent, name, mode) : -1;
  }
  int link_unnamed(int file, int directory, const std::string& name) override {
    return live() ? calls_->link_unnamed(file, directory, name) : -1;
  }
  int link(int from_directory, const std::string& from, int directory,
           const std::string& name) override {
    return live() ? calls_->link(from_directory, from, directory, name) : -1;
  }
  int rename(int from_directory, const std::string& from, int directory, const std::string& name,
             unsigned flags) override {
    return live() ? calls_->rename(from_directory, from, directory, name, flags) : -1;
  }
  int remove(int directory, const std::string& name, int flags) override {
    return live() ? calls_->remove(directory, name, flags) : -1;
  }
  int sync_data(int file) override { return live() ? calls_->sync_data(file) : -1; }
  int sync_directory(int directory) override {
    return live() ? calls_->sync_directory(directory) : -1;
  }

 private:
  bool live() {
    if (left_-- > 0) return true;
    died_ = true;
    errno = EIO;
    return false;
  }

  std::shared_ptr<SystemCalls> calls_;
  int left_;
  bool died_ = false;
};

/// A directory whose changes are recorded, for the disks of several processes.
class PowerLab {
 public:
  PowerLab() : calls_(std::make_shared<testing::RecordingCalls>(root_->path())) {}

  /// With calls of a type of one's own.
  template <typename Calls, typename... Arguments>
  static PowerLab with(Arguments... arguments) {
    PowerLab lab;
    lab.calls_ = std::make_shared<Calls>(lab.root_->path(), arguments...);
    return lab;
  }

  /// The disk of a process.
  std::shared_ptr<Disk> disk(detail::Staging staging = detail::Staging::unnamed,
                             Durability durability = Durability::full) const {
    return make(calls_, staging, durability);
  }

  /// Lets a process do `work` with a disk and die at the call with this number, from 0; whether it
  /// came so far.
  bool die_at(int call, detail::Staging staging, const std::function<void(Disk&)>& work) const {
    const auto calls = std::make_shared<DyingCalls>(calls_, call);
    try {
      work(*make(calls, staging, Durability::full));
    } catch (const Error&) {
      // that is how it notices
    }
    return calls->has_died();
  }

  std::size_t moments() const { return calls_->steps(); }
  const std::filesystem::path& root() const { return root_->path(); }

  /// Looks at everything that a power failure at that moment can leave; returns how many there are.
  int for_each_outcome(std::size_t moment, const std::function<void(Disk&)>& look) const {
    testing::PowerLossChoices choices;
    int count = 0;
    do {
      look_at(moment, choices, look);
      ++count;
    } while (choices.next());
    return count;
  }

  testing::ChangeLog::Tree remains(std::size_t moment, testing::PowerLossChoices& choices) const {
    return calls_->remains(moment, choices);
  }

  /// In memory: many small directories on a real disk take their time.
  void look_at(std::size_t moment, testing::PowerLossChoices& choices,
               const std::function<void(Disk&)>& look) const {
    const auto left = make_memory_disk();
    for (const auto& [path, bytes] : remains(moment, choices)) {
      if (bytes && Key::is_valid(path)) put(*left, path, *bytes);
    }
    look(*left);
  }

 private:
  std::shared_ptr<Disk> make(std::shared_ptr<detail::SystemCalls> calls, detail::Staging staging,
                             Durability durability) const {
    return detail::make_local_disk({.root = root_->path(), .durability = durability},
                                   {.staging = staging, .calls = std::move(calls)});
  }

  std::unique_ptr<TemporaryDirectory> root_ = std::make_unique<TemporaryDirectory>();
  std::shared_ptr<testing::RecordingCalls> calls_;
};

inline const auto stagings = {detail::Staging::unnamed, detail::Staging::renamed,
                              detail::Staging::linked};

/// The bytes of a file; nothing if there is none.
inline std::optional<std::string> content_of(Disk& disk, std::string_view key) {
  if (!exists(disk, key)) return std::nullopt;
  return get(disk, key);
}

}  // namespace affix::tests
