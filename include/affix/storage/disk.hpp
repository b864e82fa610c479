#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/storage/key.hpp"
#include "affix/storage/reader.hpp"
#include "affix/value/clock.hpp"
#include "affix/value/error.hpp"

namespace affix {

/// What a disk can do beyond the operations that every disk has.
struct Capabilities {
  bool presign = false;      ///< `temporary_url`
  bool multipart = false;    ///< Uploads in parts.
  bool public_urls = false;  ///< `url`
  bool list = false;         ///< `list`
  bool ranged = false;       ///< `open` with a range reads no more than the range.

  bool operator==(const Capabilities&) const = default;
};

/// Bytes `first` to `last`, both inclusive and counted from 0, as in HTTP. Without `last`, or with
/// one behind the end, to the end of the file.
struct ByteRange {
  std::int64_t first = 0;
  std::optional<std::int64_t> last{};
};

enum class Overwrite { never, allowed };

struct PutOptions {
  /// `never`: a file that is there already is `Errc::exists` and stays as it is.
  Overwrite overwrite = Overwrite::never;
  /// The same content, of at most 4 KiB, is put under many keys: the disk may keep one file for all
  /// of them, which is faster. `FileInfo::modified` is the time of the first one then. Only with
  /// `Overwrite::never`.
  bool may_share = false;
};

/// What a put has written.
struct PutResult {
  std::int64_t size = 0;
  std::string checksum{};  ///< `sha256:` and 64 hex digits, computed while the bytes passed.

  bool operator==(const PutResult&) const = default;
};

struct FileInfo {
  Key key;
  std::int64_t size = 0;
  TimePoint modified{};
};

struct ListOptions {
  /// Keys that start with this text, not necessarily at a segment's border. Empty: all of them but
  /// those below `.affix`, which are listed only where the prefix starts with `.affix`.
  std::string prefix{};
  /// `/`: only one level; what lies deeper is named by its common prefix. Empty: all levels.
  /// Nothing else is possible (`Errc::invalid_argument`).
  std::string delimiter{};
  /// The `cursor` of the page before; empty for the first page.
  std::string cursor{};
  /// Files and prefixes of a page, 1 to 10,000.
  std::size_t limit = 1000;
};

struct Listing {
  std::vector<FileInfo> files{};        ///< In the byte order of their keys.
  std::vector<std::string> prefixes{};  ///< With a delimiter: ending in `/`, in byte order.
  std::optional<std::string> cursor{};  ///< For the next page; none on the last one.
};

/// A file that `remove_many` could not remove.
struct RemoveFailure {
  Key key;
  Error error;
};

struct TemporaryUrlOptions {
  std::chrono::seconds expires_in{3600};
  std::string content_type{};         ///< Content-Type of the answer; empty: the stored one.
  std::string content_disposition{};  ///< Content-Disposition of the answer; empty: none.
};

/// A named place for bytes. The public functions check arguments and capabilities and add disk and
/// key to every error; a backend implements the private `do_` functions and nothing else.
///
/// Every function may be called from many threads at once. What a disk cannot do is
/// `Errc::unsupported`, never imitated. Other errors: `Errc::no_space`, `Errc::storage`.
/// Memory use is bounded by a buffer, not by a file's size (except on a disk in memory).
class Disk {
 public:
  Disk() = default;
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  virtual ~Disk() = default;

  /// Writes all bytes of `content`. All or nothing: no reader, in any process, sees part of a file,
  /// and an error leaves the key as it was. Durable when it returns, as far as the disk promises;
  /// so is the file that is there already, after `Errc::exists`.
  /// Content of another length than its `size()` says is `Errc::storage`. What `content` throws
  /// passes through.
  PutResult put(const Key& key, Reader& content, const PutOptions& options = {});

  /// Opens for reading. `Errc::file_not_found`; `Errc::range_not_satisfiable` when the range starts
  /// at or behind the end. The reader's `size()` is known and stays right if the file is removed.
  std::unique_ptr<Reader> open(const Key& key, std::optional<ByteRange> range = std::nullopt);

  /// Nothing if there is no file.
  std::optional<FileInfo> stat(const Key& key);
  bool exists(const Key& key);

  /// No error if there is no file. As durable as a put: what was there does not come back, whoever
  /// removed it. The same holds for the functions below.
  void remove(const Key& key);
  /// Tries all of them; returns those that failed. No keys: nothing happens.
  std::vector<RemoveFailure> remove_many(std::span<const Key> keys);
  /// Removes everything below `prefix` in the sense of `Key::is_below`, and nothing else. A file
  /// at `prefix` itself stays. No error if there is nothing. Not atomic: after an error a part may
  /// be gone, and calling again goes on.
  void remove_prefix(const Key& prefix);

  /// Removes what puts that never ended have left on the disk beside its files, if nothing was
  /// written to it since `older_than`: temporary files, parts of uploads. Never a file, nor
  /// anything of a put that still goes on. How many there were; 0 on a disk where puts leave
  /// nothing.
  std::size_t remove_stale_uploads(TimePoint older_than);

  /// `Errc::file_not_found`; as `put` for the target.
  void copy(const Key& from, const Key& to, const PutOptions& options = {});
  /// As `copy`, then the source is removed. Not one atomic step: a crash can leave both.
  void move(const Key& from, const Key& to, const PutOptions& options = {});

  Listing list(const ListOptions& options = {});

  /// Where a browser gets the file, without a check whether it exists.
  std::string url(const Key& key);
  /// A URL that stops working.
  std::string temporary_url(const Key& key, const TemporaryUrlOptions& options = {});

  Capabilities capabilities() const { return do_capabilities(); }

  /// The name it is registered under, for messages; empty before.
  const std::string& name() const noexcept { return name_; }

 private:
  friend class Disks;

  /// `content` counts and hashes; write all of it or throw.
  virtual void do_put(const Key& key, Reader& content, const PutOptions& options) = 0;
  /// `range` has been checked for order and sign, not against the file; see `clamp`.
  virtual std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) = 0;
  virtual std::optional<FileInfo> do_stat(const Key& key) = 0;
  virtual void do_remove(const Key& key) = 0;
  virtual void do_remove_prefix(const Key& prefix) = 0;
  /// By default nothing is stale.
  virtual std::size_t do_remove_stale_uploads(TimePoint older_than);
  /// By default reads and writes through this program.
  virtual void do_copy(const Key& from, const Key& to, const PutOptions& options);
  virtual Listing do_list(const ListOptions& options);
  virtual std::string do_url(const Key& key);
  virtual std::string do_temporary_url(const Key& key, const TemporaryUrlOptions& options);
  virtual Capabilities do_capabilities() const = 0;

  std::string name_;
};

/// A part of a file, in bytes.
struct Extent {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

/// First byte and number of bytes of `range` in a file of `size` bytes; for implementers of disks.
/// Throws `Errc::range_not_satisfiable` when nothing of the file lies in the range.
Extent clamp(const std::optional<ByteRange>& range, std::int64_t size);

}  // namespace affix
