#include "affix/storage/subtree_disk.hpp"

#include <utility>

#include "affix/value/error.hpp"

namespace affix {
namespace {

/// Runs `operation` on the disk below. An error that does not name that disk will name the one
/// above, so its key, which is one of the disk below, is left out.
template <typename Operation>
auto below(const Operation& operation) {
  try {
    return operation();
  } catch (const Error& error) {
    Where where = error.where();
    if (where.disk.empty()) where.key.clear();
    throw Error(error.code(), error.message(), std::move(where), error.cause());
  }
}

class SubtreeDisk final : public Disk {
 public:
  SubtreeDisk(std::shared_ptr<Disk> disk, Key prefix)
      : disk_(std::move(disk)), root_(std::move(prefix)), prefix_(root_.text() + '/') {}

 private:
  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    below([&] { disk_->put(outer(key), content, options); });
  }

  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override {
    return below([&] { return disk_->open(outer(key), range); });
  }

  std::optional<FileInfo> do_stat(const Key& key) override {
    auto info = below([&] { return disk_->stat(outer(key)); });
    if (info) info->key = key;
    return info;
  }

  void do_remove(const Key& key) override {
    below([&] { disk_->remove(outer(key)); });
  }

  void do_remove_prefix(const Key& prefix) override {
    below([&] { disk_->remove_prefix(outer(prefix)); });
  }

  /// Those of the whole disk: what a put leaves is in no subtree.
  std::size_t do_remove_stale_uploads(TimePoint older_than) override {
    return below([&] { return disk_->remove_stale_uploads(older_than); });
  }

  void do_copy(const Key& from, const Key& to, const PutOptions& options) override {
    below([&] { disk_->copy(outer(from), outer(to), options); });
  }

  Listing do_list(const ListOptions& options) override {
    return below([&] {
      ListOptions rest = options;
      rest.prefix = prefix_ + options.prefix;
      Listing page;
      do {  // what is hidden leaves room for more
        Listing more = disk_->list(rest);
        add(std::move(more), options, page);
        rest.cursor = page.cursor.value_or("");
        rest.limit = options.limit - page.files.size() - page.prefixes.size();
      } while (page.cursor && rest.limit > 0);
      return page;
    });
  }

  std::string do_url(const Key& key) override {
    return below([&] { return disk_->url(outer(key)); });
  }

  std::string do_temporary_url(const Key& key, const TemporaryUrlOptions& options) override {
    return below([&] { return disk_->temporary_url(outer(key), options); });
  }

  Capabilities do_capabilities() const override { return disk_->capabilities(); }

  Key outer(const Key& key) const { return root_ / key; }

  /// Appends what is visible here, with the names that it has here.
  void add(Listing more, const ListOptions& options, Listing& page) const {
    const bool reserved_wanted = options.prefix.starts_with(".affix");
    for (FileInfo& file : more.files) {
      file.key = Key::parse(std::string_view(file.key.text()).substr(prefix_.size()));
      const bool reserved = file.key.text().starts_with(".affix/");
      if (reserved_wanted || !reserved) page.files.push_back(std::move(file));
    }
    for (std::string& prefix : more.prefixes) {
      prefix.erase(0, prefix_.size());
      if (reserved_wanted || prefix != ".affix/") page.prefixes.push_back(std::move(prefix));
    }
    page.cursor = std::move(more.cursor);
  }

  std::shared_ptr<Disk> disk_;
  Key root_;
  std::string prefix_;
};

}  // namespace

std::shared_ptr<Disk> make_subtree_disk(std::shared_ptr<Disk> disk, Key prefix) {
  if (!disk) throw Error(Errc::invalid_argument, "There is no disk to take a part of");
  return std::make_shared<SubtreeDisk>(std::move(disk), std::move(prefix));
}

}  // namespace affix
