#pragma once

#include <string>

#include "affix/storage/disk.hpp"
#include "storage/local_tree.hpp"
#include "storage/unique_fd.hpp"

namespace affix::detail {

/// How a file that is being written stays invisible and gets its place.
enum class Staging {
  unnamed,  ///< It has no name until it is linked into place: a crash leaves nothing.
  renamed,  ///< A temporary name and RENAME_NOREPLACE, where files without names are impossible.
  linked,   ///< A temporary name and a link, where renaming cannot refuse to overwrite.
};

/// A file that is being written below a tree. Unless it is published it is gone in the end.
/// Temporary names are no keys, so no operation of a disk sees them.
class StagedFile {
 public:
  /// `directory` is where it will be published; it is made. Falls back to what the file system
  /// can do.
  StagedFile(const LocalTree& tree, const std::string& directory, Staging staging);
  /// A file that was published before, to get one more name.
  StagedFile(const LocalTree& tree, UniqueFd published);
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();

  int fd() const noexcept { return file_.get(); }

  /// Gives the complete file its permissions and its name. `Errc::exists` if something has the
  /// name and must not be replaced.
  void publish(const std::string& path, unsigned mode, Overwrite overwrite);
  /// Gives a published file one more name. Returns 0 or the `errno` of linking; throws if the name
  /// cannot be made durable.
  int publish_again(const std::string& path);
  /// Gives the open file away.
  UniqueFd release() noexcept { return std::move(file_); }

 private:
  bool open_unnamed(const std::string& directory);
  void open_named();
  void choose_name();
  void make_durable(const OpenDirectory& directory, const std::string& name,
                    Overwrite overwrite) const;
  void finish(unsigned mode);
  int place(const std::string& path, Overwrite overwrite);
  void name_for_replacing();
  int try_publish(int directory, const std::string& name, Overwrite overwrite);
  int link_unnamed(int directory, const std::string& name) const;
  int move_into_place(int directory, const std::string& name);
  int link_into_place(int directory, const std::string& name);

  const LocalTree& tree_;
  Staging staging_;
  UniqueFd file_;
  UniqueFd temporary_directory_;
  std::string temporary_name_;  ///< Empty if the file has none.
};

/// Removes the temporary files that processes left when they were killed, if they were written
/// before `older_than`; never one that a living process has open. How many there were.
std::size_t remove_stale_files(const LocalTree& tree, TimePoint older_than);

}  // namespace affix::detail
