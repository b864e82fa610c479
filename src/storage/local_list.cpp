#include <algorithm>

#include "storage/directory_reader.hpp"
#include "storage/listing.hpp"
#include "storage/local_files.hpp"
#include "storage/system_error.hpp"

namespace affix::detail {
namespace {

/// Walks the part of the tree that can be on the page, in the byte order of the keys. Directories
/// are named with a slash at the end, the root is empty.
class Lister {
 public:
  Lister(const LocalTree& tree, PageBuilder& page) : tree_(tree), page_(page) {}

  void visit(const std::string& directory) {
    for (const std::string& entry : wanted_entries(directory)) {
      if (page_.is_full()) return;
      visit_entry(entry);
    }
  }

 private:
  using Kind = DirectoryEntry::Kind;

  void visit_entry(const std::string& entry) {
    const bool is_directory = entry.ends_with('/');
    if (const auto prefix = page_.common_prefix(entry)) {
      if (has_files(entry)) page_.add_prefix(*prefix);
    } else if (is_directory) {
      visit(entry);
    } else if (auto info = stat_file(tree_, Key::parse(entry))) {
      page_.add_file(std::move(*info));
    }
  }

  /// The entries that matter, sorted as keys are: a directory by the slash behind its name.
  std::vector<std::string> wanted_entries(const std::string& directory) const {
    std::vector<std::string> entries = visible_entries(directory);
    std::erase_if(entries, [&](const std::string& entry) {
      return entry.ends_with('/') ? !page_.may_enter(entry) : !page_.matches(entry);
    });
    std::ranges::sort(entries);
    return entries;
  }

  /// Whether there is a file below the directory: an empty one is no prefix of any key.
  bool has_files(const std::string& directory) const {
    return std::ranges::any_of(visible_entries(directory), [&](const std::string& entry) {
      return !entry.ends_with('/') || has_files(entry);
    });
  }

  std::vector<std::string> visible_entries(const std::string& directory) const {
    std::vector<std::string> entries;
    Opened opened = tree_.open_directory(directory.substr(0, directory.find_last_not_of('/') + 1));
    if (!opened.fd && means_absent(opened.error)) return entries;
    if (!opened.fd) throw_system_error(opened.error, "The directory cannot be opened");
    DirectoryReader reader(std::move(opened.fd));
    for (auto entry = reader.next(); !entry.name.empty(); entry = reader.next()) {
      std::string path = directory + entry.name;
      if (entry.kind == Kind::other || !Key::is_valid(path)) continue;
      entries.push_back(entry.kind == Kind::directory ? path + '/' : std::move(path));
    }
    return entries;
  }

  const LocalTree& tree_;
  PageBuilder& page_;
};

}  // namespace

Listing list_files(const LocalTree& tree, const ListOptions& options) {
  PageBuilder page(options);
  const std::string start = split_path(options.prefix).parent;
  if (start.empty()) {
    Lister(tree, page).visit(start);
  } else if (Key::is_valid(start)) {
    Lister(tree, page).visit(start + '/');
  }
  return std::move(page).take();
}

}  // namespace affix::detail
