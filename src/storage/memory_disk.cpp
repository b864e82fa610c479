#include "affix/storage/memory_disk.hpp"

#include <limits>
#include <map>
#include <mutex>

#include "storage/listing.hpp"
#include "storage/public_url.hpp"

namespace affix {
namespace {

struct MemoryFile {
  std::string bytes{};
  TimePoint modified{};
};

class MemoryFileReader final : public Reader {
 public:
  MemoryFileReader(std::shared_ptr<const MemoryFile> file, Extent extent)
      : file_(std::move(file)),
        view_(make_view_reader(as_bytes(std::string_view(file_->bytes)
                                            .substr(static_cast<std::size_t>(extent.offset),
                                                    static_cast<std::size_t>(extent.length))))) {}

  std::size_t read(std::span<std::byte> buffer) override { return view_->read(buffer); }
  std::optional<std::int64_t> size() const override { return view_->size(); }

 private:
  std::shared_ptr<const MemoryFile> file_;
  std::unique_ptr<Reader> view_;
};

class MemoryDisk final : public Disk {
 public:
  explicit MemoryDisk(MemoryDiskOptions options) : options_(std::move(options)) {
    if (!options_.clock) options_.clock = system_clock();
  }

 private:
  using Files = std::map<std::string, std::shared_ptr<const MemoryFile>, std::less<>>;

  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    auto file = std::make_shared<MemoryFile>();
    file->bytes = read_all(content, std::numeric_limits<std::int64_t>::max());
    file->modified = options_.clock->now();
    const std::lock_guard lock(mutex_);
    const auto [entry, added] = files_.try_emplace(key.text(), file);
    if (added) return;
    if (options.overwrite == Overwrite::never) {
      throw Error(Errc::exists, "There is a file already");
    }
    entry->second = std::move(file);
  }

  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override {
    auto file = find(key);
    if (!file) throw Error(Errc::file_not_found, "There is no such file");
    const Extent extent = clamp(range, static_cast<std::int64_t>(file->bytes.size()));
    return std::make_unique<MemoryFileReader>(std::move(file), extent);
  }

  std::optional<FileInfo> do_stat(const Key& key) override {
    const auto file = find(key);
    if (!file) return std::nullopt;
    return info(key, *file);
  }

  void do_remove(const Key& key) override {
    const std::lock_guard lock(mutex_);
    files_.erase(key.text());
  }

  void do_remove_prefix(const Key& prefix) override {
    const std::string below = prefix.text() + '/';
    const std::lock_guard lock(mutex_);
    files_.erase(files_.lower_bound(below), files_.lower_bound(detail::behind(below)));
  }

  Listing do_list(const ListOptions& options) override {
    detail::PageBuilder page(options);
    const std::lock_guard lock(mutex_);
    Files::const_iterator next = files_.lower_bound(page.start());
    while (next != files_.end() && !page.is_full() && next->first.starts_with(options.prefix)) {
      next = list_at(next, page);
    }
    return std::move(page).take();
  }

  /// Adds what `file` gives to the page and returns the file to go on with.
  Files::const_iterator list_at(Files::const_iterator file, detail::PageBuilder& page) const {
    if (!page.matches(file->first) || !Key::is_valid(file->first)) return std::next(file);
    if (const auto prefix = page.common_prefix(file->first)) {
      page.add_prefix(*prefix);
      return files_.lower_bound(detail::behind(*prefix));
    }
    page.add_file(info(Key::parse(file->first), *file->second));
    return std::next(file);
  }

  std::string do_url(const Key& key) override { return detail::public_url(options_.base_url, key); }

  Capabilities do_capabilities() const override {
    return {.public_urls = !options_.base_url.empty(), .list = true, .ranged = true};
  }

  std::shared_ptr<const MemoryFile> find(const Key& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(key.text());
    return found == files_.end() ? nullptr : found->second;
  }

  static FileInfo info(const Key& key, const MemoryFile& file) {
    return {key, static_cast<std::int64_t>(file.bytes.size()), file.modified};
  }

  MemoryDiskOptions options_;
  mutable std::mutex mutex_;
  Files files_;
};

}  // namespace

std::shared_ptr<Disk> make_memory_disk(const MemoryDiskOptions& options) {
  return std::make_shared<MemoryDisk>(options);
}

}  // namespace affix
