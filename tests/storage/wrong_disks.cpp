#include "wrong_disks.hpp"

#include <algorithm>
#include <atomic>

#include "affix/storage/memory_disk.hpp"

namespace affix::tests {
namespace {

constexpr std::size_t large = 1024 * 1024;

/// Whether `text` matches a pattern of SQL's LIKE.
bool is_like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return is_like(text, pattern.substr(1)) || (!text.empty() && is_like(text.substr(1), pattern));
  }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         is_like(text.substr(1), pattern.substr(1));
}

/// Whether `text` lies below a key in which a dot stands for any character.
bool is_match(std::string_view text, std::string_view expression) {
  if (text.size() <= expression.size() || text[expression.size()] != '/') return false;
  return std::equal(expression.begin(), expression.end(), text.begin(),
                    [](char wanted, char found) { return wanted == '.' || wanted == found; });
}

Key folded(const Key& key) {
  std::string text = key.text();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return Key::parse(text);
}

/// Knows a file by its key only; gives what it has at the time.
class LiveReader : public Reader {
 public:
  LiveReader(std::shared_ptr<Disk> disk, Key key)
      : disk_(std::move(disk)), key_(std::move(key)), size_(disk_->open(key_)->size()) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const auto reader = disk_->open(key_);
    std::vector<std::byte> skipped(done_);
    reader->read(skipped);
    const std::size_t count = reader->read(buffer);
    done_ += count;
    return count;
  }
  std::optional<std::int64_t> size() const override { return size_; }

 private:
  std::shared_ptr<Disk> disk_;
  Key key_;
  std::optional<std::int64_t> size_;
  std::size_t done_ = 0;
};

/// Says nothing of its size.
class ReaderWithoutSize : public Reader {
 public:
  explicit ReaderWithoutSize(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}
  std::size_t read(std::span<std::byte> buffer) override { return reader_->read(buffer); }

 private:
  std::unique_ptr<Reader> reader_;
};

class WrongDisk : public Disk {
 public:
  explicit WrongDisk(Sabotage sabotage) : sabotage_(sabotage) {}

 private:
  bool is(Sabotage sabotage) const { return sabotage_ == sabotage; }

  void do_put(const Key& given, Reader& content, const PutOptions& options) override {
    const Key key = is(Sabotage::put_folds_case) ? folded(given) : given;
    if (is(Sabotage::put_is_not_atomic)) return put_in_halves(key, content, options);
    if (is(Sabotage::put_keeps_half)) return put_and_keep(key, content, options);
    if (is(Sabotage::put_drops_empty) && content.size() == 0) return drop(content);
    if (is(Sabotage::put_refuses_reserved) && key.is_reserved()) {
      throw Error(Errc::storage, "The key is refused");
    }
    if (is(Sabotage::put_flips_a_bit) || is(Sabotage::put_cuts_large)) {
      return put_damaged(key, content, options);
    }
    if (is(Sabotage::stale_breaks_puts)) return put_unless_stale(key, content, options);
    PutOptions wrong = options;
    if (is(Sabotage::put_overwrites)) wrong.overwrite = Overwrite::allowed;
    if (is(Sabotage::put_never_overwrites)) wrong.overwrite = Overwrite::never;
    if (is(Sabotage::put_shares_for_good)) return put_for_all(key, content, options);
    disk_->put(key, content, wrong);
  }

  void put_unless_stale(const Key& key, Reader& content, const PutOptions& options) {
    was_asked_for_stale_ = false;
    std::string text = read_all(content);
    if (was_asked_for_stale_) throw Error(Errc::storage, "The file is gone");
    disk_->put(key, *make_memory_reader(std::move(text)), options);
  }

  std::size_t do_remove_stale_uploads(TimePoint) override {
    was_asked_for_stale_ = true;
    if (!is(Sabotage::stale_takes_files)) return 0;
    const auto files = disk_->list().files;
    for (const FileInfo& file : files) disk_->remove(file.key);
    return files.size();
  }

  void put_for_all(const Key& key, Reader& content, const PutOptions& options) {
    const std::string text = read_all(content);
    disk_->put(key, *make_memory_reader(text), options);
    if (options.may_share) shared_.push_back(key);
    if (std::ranges::find(shared_, key) == shared_.end()) return;
    for (const Key& other : shared_) replace(other, text);
  }

  static void drop(Reader& content) { read_all(content); }

  void replace(const Key& key, std::string text) {
    disk_->put(key, *make_memory_reader(std::move(text)), {.overwrite = Overwrite::allowed});
  }

  void put_damaged(const Key& key, Reader& content, const PutOptions& options) {
    std::string text = read_all(content);
    if (is(Sabotage::put_cuts_large)) text.resize(std::min(text.size(), large));
    if (is(Sabotage::put_flips_a_bit) && !text.empty()) text[0] = static_cast<char>(text[0] ^ 1);
    disk_->put(key, *make_memory_reader(std::move(text)), options);
  }

  void put_in_halves(const Key& key, Reader& content, const PutOptions& options) {
    std::string half(static_cast<std::size_t>(content.size().value_or(0) / 2), '\0');
    std::span<std::byte> rest = std::as_writable_bytes(std::span(half));
    while (!rest.empty()) rest = rest.subspan(content.read(rest));
    disk_->put(key, *make_memory_reader(half), options);
    try {
      replace(key, half + read_all(content));
    } catch (...) {
      disk_->remove(key);
      throw;
    }
  }

  void put_and_keep(const Key& key, Reader& content, const PutOptions& options) {
    std::string text;
    std::vector<std::byte> buffer(1000);
    try {
      while (const std::size_t count = content.read(buffer)) {
        text.append(reinterpret_cast<const char*>(buffer.data()), count);
      }
    } catch (...) {
      replace(key, text);
      throw;
    }
    disk_->put(key, *make_memory_reader(text), options);
  }

  std::unique_ptr<Reader> do_open(const Key& given, std::optional<ByteRange> range) override {
    const Key key = is(Sabotage::put_folds_case) ? folded(given) : given;
    if (is(Sabotage::open_invents) && !disk_->exists(key)) return make_memory_reader("");
    if (is(Sabotage::range_is_ignored)) range.reset();
    if (is(Sabotage::reader_is_live) && !range) return std::make_unique<LiveReader>(disk_, key);
    if (is(Sabotage::reader_hides_size)) {
      return std::make_unique<ReaderWithoutSize>(disk_->open(key, range));
    }
    return range ? open_range(key, *range) : disk_->open(key);
  }

  std::unique_ptr<Reader> open_range(const Key& key, ByteRange range) {
    const std::int64_t size = disk_->open(key)->size().value();
    if (is(Sabotage::range_is_never_empty) && range.first >= size) return make_memory_reader("");
    auto reader = disk_->open(key, range);
    if (!is(Sabotage::range_excludes_last) || !range.last || *range.last >= size) return reader;
    std::string text = read_all(*reader);
    text.pop_back();
    return make_memory_reader(std::move(text));
  }

  std::optional<FileInfo> do_stat(const Key& given) override {
    const Key key = is(Sabotage::put_folds_case) ? folded(given) : given;
    if (is(Sabotage::stat_finds_folders) && has_below(key)) return FileInfo{key};
    auto info = disk_->stat(key);
    if (info) info->key = given;
    if (info && is(Sabotage::stat_says_zero)) info->size = 0;
    return info;
  }

  bool has_below(const Key& key) const {
    return !disk_->list({.prefix = key.text() + '/'}).files.empty();
  }

  void do_remove(const Key& key) override {
    if (is(Sabotage::remove_complains) && !disk_->exists(key)) {
      throw Error(Errc::file_not_found, "There is no such file");
    }
    if (is(Sabotage::remove_takes_folder)) disk_->remove_prefix(key);
    disk_->remove(key);
  }

  void do_remove_prefix(const Key& prefix) override {
    if (is(Sabotage::prefix_is_shallow)) {
      for (const auto& file :
           disk_->list({.prefix = prefix.text() + '/', .delimiter = "/"}).files) {
        disk_->remove(file.key);
      }
      return;
    }
    disk_->remove_prefix(prefix);
    if (is(Sabotage::prefix_takes_itself)) disk_->remove(prefix);
    for (const FileInfo& file : disk_->list().files) {
      const std::string& text = file.key.text();
      const bool by_text =
          is(Sabotage::prefix_is_text) && text != prefix.text() && text.starts_with(prefix.text());
      const bool by_pattern =
          is(Sabotage::prefix_is_pattern) && is_like(text, prefix.text() + "/%");
      const bool by_expression =
          is(Sabotage::prefix_is_expression) && is_match(text, prefix.text());
      if (by_text || by_pattern || by_expression) disk_->remove(file.key);
    }
  }

  void do_copy(const Key& from, const Key& to, const PutOptions& options) override {
    if (is(Sabotage::copy_invents) && !disk_->exists(from)) return replace(to, "");
    PutOptions wrong = options;
    if (is(Sabotage::copy_overwrites)) wrong.overwrite = Overwrite::allowed;
    if (is(Sabotage::copy_never_overwrites)) wrong.overwrite = Overwrite::never;
    disk_->copy(from, to, wrong);
    if (is(Sabotage::copy_moves)) disk_->remove(from);
  }

  Listing do_list(const ListOptions& options) override {
    ListOptions wrong = options;
    if (is(Sabotage::list_ignores_delimiter)) wrong.delimiter.clear();
    if (is(Sabotage::list_ignores_limit)) wrong.limit = 10'000;
    if (is(Sabotage::list_ignores_cursor)) wrong.cursor.clear();
    if (is(Sabotage::list_ignores_prefix)) wrong.prefix.clear();
    if (is(Sabotage::list_by_segments) && !wrong.prefix.empty() && wrong.prefix.back() != '/') {
      wrong.prefix += '/';
    }
    Listing listing = disk_->list(wrong);
    if (is(Sabotage::list_shows_reserved)) show_reserved(options, listing);
    for (FileInfo& file : listing.files) {
      if (is(Sabotage::list_says_zero)) file.size = 0;
      if (is(Sabotage::list_leaks_prefix)) file.key = Key::parse("disk") / file.key.text();
    }
    if (is(Sabotage::list_invents) && listing.files.empty() && listing.prefixes.empty()) {
      listing.files.push_back({Key::parse("phantom")});
    }
    if (is(Sabotage::list_is_reversed)) std::reverse(listing.files.begin(), listing.files.end());
    return listing;
  }

  void show_reserved(const ListOptions& options, Listing& listing) const {
    if (!options.prefix.empty()) return;
    auto hidden = disk_->list({.prefix = ".affix/"}).files;
    listing.files.insert(listing.files.begin(), hidden.begin(), hidden.end());
  }

  std::string do_url(const Key& key) override {
    return is(Sabotage::url_is_raw) ? "/files/" + key.text() : disk_->url(key);
  }

  std::string do_temporary_url(const Key&, const TemporaryUrlOptions&) override {
    return "/files?signature=0";
  }

  Capabilities do_capabilities() const override {
    Capabilities capabilities = disk_->capabilities();
    capabilities.presign = is(Sabotage::presign_forgets_key);
    return capabilities;
  }

  Sabotage sabotage_;
  std::atomic<bool> was_asked_for_stale_ = false;
  std::vector<Key> shared_;
  std::shared_ptr<Disk> disk_ = make_memory_disk({.base_url = "/files"});
};

}  // namespace

std::shared_ptr<Disk> make_wrong_disk(Sabotage sabotage) {
  return std::make_shared<WrongDisk>(sabotage);
}

}  // namespace affix::tests
