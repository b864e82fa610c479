#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "affix/conversion/converter.hpp"
#include "affix/manager/events.hpp"
#include "affix/manager/ledger_options.hpp"
#include "affix/storage/disks.hpp"
#include "affix/storage/source.hpp"
#include "affix/value/attachment.hpp"
#include "affix/value/id.hpp"

namespace affix {

namespace detail {
class ManagerCore;
struct ManagerAccess;
}  // namespace detail

/// What happens to a file name that `sanitize_file_name` would change.
enum class BadName {
  sanitize,  ///< The harmless form is used, the original text goes to `meta.originalName`.
  reject,    ///< `Errc::invalid_name`.
};

/// What happens when the name or the giver claims a kind of content that the bytes are not
/// (`is_plausible`), e.g. a text under the name of a picture.
enum class TypeMismatch {
  reject,  ///< `Errc::invalid_content`.
  rename,  ///< Stored as what it is, with the extension that belongs to it.
};

/// What happens when a variant that was asked for cannot be made.
enum class VariantFailure {
  fail,  ///< Nothing is stored and the error is thrown.
  keep,  ///< The rest is stored; `PendingAttachment::failed_variants` has the errors.
};

/// How far `AttachmentManager::create` has come.
struct Progress {
  enum class Stage { reading, converting, storing } stage = Stage::reading;
  std::int64_t done = 0;  ///< Bytes read, variants made, or files stored.
  /// How many there will be; nothing while reading a source of unknown length.
  std::optional<std::int64_t> total{};
};

/// One upload. All of it has a default.
struct CreateOptions {
  std::string disk{};                   ///< Empty: the default disk.
  std::vector<std::string> variants{};  ///< Names of presets to make now, before this call returns.
  std::string file_name{};              ///< Empty: the source's.
  std::string name{};                   ///< Display name. Empty: the file name.
  nlohmann::json meta = nlohmann::json::object();  ///< The application's own facts; an object.
  /// The content's type must be one of these, compared as whole texts: `image/*` and parameters are
  /// `Errc::invalid_argument`. Empty: any type.
  std::vector<std::string> accepts{};
  std::int64_t max_size = 0;  ///< Bytes. 0: the manager's `max_size`.
  /// An id from `AttachmentManager::make_id`, for callers that must know it beforehand. Empty: a
  /// new one. An id whose files exist is `Errc::exists`.
  std::string id{};
  /// The caller's own name for this upload, at most 120 bytes, for requests that may be sent twice:
  /// `Transaction::create` with the key of an attachment that is still there is `Errc::exists`,
  /// with its id in `where().attachment`. Empty: none. Needs the ledger.
  std::string idempotency_key{};
  BadName on_bad_name = BadName::sanitize;
  TypeMismatch on_type_mismatch = TypeMismatch::reject;
  VariantFailure on_variant_failure = VariantFailure::fail;
  /// Called on the calling thread; may be empty. What it throws ends the call, nothing is stored.
  std::function<void(const Progress&)> progress{};
};

/// A folder of a disk in which another system has stored its files.
struct ForeignFolder {
  std::string disk{};
  /// Like a key, but its segments may have any UTF-8 except control characters and backslashes.
  std::string folder{};
};

struct AttachmentManagerOptions {
  Disks disks{};
  /// Makes variants and measures pictures. Without one, asking for variants is
  /// `Errc::converter_missing`, and width and height stay 0.
  std::shared_ptr<const Converter> converter{};
  std::vector<Preset> presets{};  ///< With different names.
  /// That of presets which have none of their own. Another one is another recipe: their variants
  /// become stale.
  Profile profile = Profile::balanced;
  /// What a picture gets beside its placeholder: `meta["blurhash"]` and `meta["color"]`, unless the
  /// caller's meta has these members itself.
  PreviewOptions previews{};
  std::int64_t max_size = 64 * 1024 * 1024;  ///< Bytes of an upload.
  /// The first part of every path, a key of at most 256 bytes. Stored paths keep the one they were
  /// written with.
  std::string key_prefix = "attachments";
  /// Where files of other systems are, for attachments that were imported (docs/import.md). Any
  /// attachment may name any file below these folders; affix opens them and makes their URLs, and
  /// neither writes nor removes anything there. None may hold, or lie in, `key_prefix`.
  std::vector<ForeignFolder> foreign_folders{};
  /// Which of the databases that share a disk this is, 1 to 64 of `[A-Za-z0-9_-]`.
  std::string instance = "main";
  /// How long a pending attachment may wait for its row, less a 1,440th at most (of a day a
  /// minute).
  std::chrono::milliseconds grace = std::chrono::hours(24);
  LedgerOptions ledger{};
  std::shared_ptr<Observer> observer{};
  std::shared_ptr<const Clock> clock{};  ///< Null: the computer's.
  std::shared_ptr<IdGenerator> ids{};    ///< Null: `make_id_generator(clock)`.
};

struct FailedVariant {
  std::string name{};
  Error error;
};

/// Files that are on a disk and wait for the row that will have them. A type of its own, so that
/// it cannot be bound to a column: `Transaction::adopt` turns it into an `Attachment`,
/// `AttachmentManager::discard` removes the files. One that is just dropped leaves its files behind
/// under their marker. Movable, not copyable.
class PendingAttachment {
 public:
  PendingAttachment(PendingAttachment&&) noexcept;
  PendingAttachment& operator=(PendingAttachment&&) noexcept;
  ~PendingAttachment();

  const std::string& id() const noexcept;
  /// For showing it (`AttachmentManager::url` takes it). Not for storing: nothing protects the
  /// files of a pending attachment once the grace is over.
  const Attachment& preview() const noexcept;
  /// With `VariantFailure::keep`: what could not be made and why.
  const std::vector<FailedVariant>& failed_variants() const noexcept;

 private:
  friend struct detail::ManagerAccess;
  struct State;
  explicit PendingAttachment(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Stores files with their variants, and finds them again. Knows no database: what follows a
/// row's transaction is `Transaction`'s work, on top of this.
///
/// Every function may be called from many threads at once. Must outlive the transactions that use
/// it.
class AttachmentManager {
 public:
  /// Throws `Errc::invalid_argument` with `where().member` for options that make no sense: no disk,
  /// presets that are wrong or have the same name, a prefix that is no key or `.affix`, a folder of
  /// another system that overlaps with it.
  explicit AttachmentManager(AttachmentManagerOptions options);
  AttachmentManager(const AttachmentManager&) = delete;
  AttachmentManager& operator=(const AttachmentManager&) = delete;
  ~AttachmentManager();

  /// Reads the source to its end, checks it, makes the variants, and then stores all files; the
  /// order matters: a failed check or conversion has written nothing, and a failure while storing
  /// leaves nothing (or, if the disk is gone, a marker that names the rest).
  ///
  /// Up to 8 MiB are held in memory, more in an unnamed temporary file, plus what the converter
  /// needs and the variants' bytes.
  ///
  /// Errors: `unknown_disk`, `unknown_variant`, `converter_missing`, `too_large`, `invalid_name`,
  /// `invalid_content` (empty, broken, or not what the name says), `type_not_allowed`,
  /// `conversion_failed`, `unsupported` (variants of a picture that the converter cannot read),
  /// `exists`, `file_not_found`, `no_space`, `storage`, `invalid_argument` (options),
  /// `invalid_state` (a source that was used before).
  [[nodiscard]] PendingAttachment create(Source source, const CreateOptions& options = {});

  /// Removes the files of a pending attachment that no row will have. `Errc::invalid_argument` if
  /// another manager has made it.
  void discard(PendingAttachment pending);

  /// Stores a copy of an attachment and its variants under a new id. Errors as `open` and `create`.
  /// The copy of one whose files another system has stored is affix's own: types, sizes and
  /// checksums are those of the bytes. Nothing else is checked as `create` does.
  [[nodiscard]] PendingAttachment copy(const Attachment& attachment);

  /// Without a ledger only (`Errc::invalid_state`): the row that has the attachment is committed,
  /// nobody has to clean up after it. A transaction does so by itself.
  Attachment publish(PendingAttachment pending);
  /// Without a ledger only (`Errc::invalid_state`): removes an attachment's files now. Call it when
  /// no row has it any more and that is committed. `Errc::invalid_key` for one that affix has not
  /// stored, `Errc::unknown_disk`.
  void purge(const Attachment& attachment);

  /// Where a browser gets the file, or one of its variants. `Errc::unknown_variant` if there is no
  /// such variant; `Errc::unsupported` if the disk has no public URLs; `Errc::unknown_disk` and
  /// `Errc::invalid_key` for a value that was tampered with. Does not touch the disk.
  std::string url(const Attachment& attachment, std::string_view variant = {}) const;
  /// As `url`, for a limited time; `Errc::unsupported` where the disk cannot do it.
  std::string temporary_url(const Attachment& attachment, std::string_view variant = {},
                            const TemporaryUrlOptions& options = {}) const;
  /// Opens the file, or one of its variants; errors as `url` and `Disk::open`.
  std::unique_ptr<Reader> open(const Attachment& attachment, std::string_view variant = {},
                               std::optional<ByteRange> range = std::nullopt) const;

  /// A new id for `CreateOptions::id`.
  std::string make_id() const;
  const std::vector<Preset>& presets() const noexcept;
  const Disks& disks() const noexcept;

 private:
  friend struct detail::ManagerAccess;
  std::unique_ptr<detail::ManagerCore> core_;
};

}  // namespace affix
