#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "storage/local_system_calls.hpp"
#include "testing/disk_change_log.hpp"

namespace affix::testing {

/// Makes the calls and writes those that succeeded into a log, in the order in which they happened.
/// Syncs are only written down: there is no need to wait for the real disk.
class RecordingCalls : public detail::SystemCalls {
 public:
  /// `root` must be an empty directory.
  explicit RecordingCalls(const std::filesystem::path& root);

  std::size_t steps() const;
  ChangeLog::Tree remains(std::size_t steps, PowerLossChoices& choices) const;

  detail::Opened open(int directory, const std::string& path, int flags,
                      detail::Resolution resolution, unsigned mode) override;
  ssize_t write(int file, std::span<const std::byte> bytes) override;
  ssize_t copy(int from, int to, std::size_t count) override;
  int make_directory(int parent, const std::string& name, unsigned mode) override;
  int link_unnamed(int file, int directory, const std::string& name) override;
  int link(int from_directory, const std::string& from, int directory,
           const std::string& name) override;
  int rename(int from_directory, const std::string& from, int directory, const std::string& name,
             unsigned flags) override;
  int remove(int directory, const std::string& name, int flags) override;
  int sync_data(int file) override;
  int sync_directory(int directory) override;

 private:
  using Node = ChangeLog::Node;

  Node node_of(int fd) const;
  Node node_of(int directory, const std::string& name) const;

  mutable std::mutex mutex_;
  ChangeLog log_;
  std::map<ino_t, Node> nodes_;  ///< A number may be used again; then the newest node has it.
};

}  // namespace affix::testing
