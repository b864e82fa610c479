#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace affix {

/// What went wrong, sorted by what the caller can do about it.
enum class Errc {
  invalid_argument,       ///< The call is wrong: mend the calling code.
  invalid_state,          ///< The object cannot do this now, e.g. commit after a failed statement.
  invalid_key,            ///< A path that is no valid key, or not one of the attachment's own.
  invalid_name,           ///< A file name that was refused (only with `BadName::reject`).
  invalid_document,       ///< The stored JSON is not an attachment: repair the column.
  newer_format,           ///< The stored JSON was written by a newer affix: upgrade.
  invalid_content,        ///< Empty, broken, or not what the name says: ask for another file.
  type_not_allowed,       ///< The content's type is not accepted here: ask for another file.
  too_large,              ///< Over a limit of bytes, pixels or frames: ask for a smaller file.
  file_not_found,         ///< No file at this key.
  record_not_found,       ///< No row with this key.
  range_not_satisfiable,  ///< A byte range that starts behind the end of the file.
  exists,                 ///< Something is there already and may not be overwritten.
  unknown_disk,           ///< No disk of this name is configured.
  unknown_variant,        ///< No preset, or no made variant, of this name.
  converter_missing,      ///< Variants were asked for and no converter is configured.
  conversion_failed,  ///< The content is sound as far as known, yet a variant could not be made.
  unsupported,        ///< This disk, database or build cannot do it.
  conflict,           ///< Somebody else changed the same field first: reload and try again.
  gone,               ///< The pending attachment is past its time: upload again.
  in_doubt,           ///< The outcome of a commit is unknown; nothing was removed.
  no_space,           ///< The disk is full.
  storage,            ///< The disk failed otherwise; `cause()` has the system's words.
  database,           ///< A statement of affix failed; `cause()` has the backend's words.
};

/// The stable text name of a code, for logs and for answers to clients: `MEDIA_FILE_NOT_FOUND`.
/// Codes that nestjs-media has too carry the name that it uses.
std::string_view name(Errc code) noexcept;

/// Where an error happened, as far as it is known; what is unknown or does not apply is empty.
/// All of it may be text from outside: escape it before it is shown.
struct Where {
  std::string disk{};        ///< Name of the disk.
  std::string key{};         ///< Key or prefix on the disk.
  std::string attachment{};  ///< Id of the attachment.
  std::string variant{};     ///< Name of the variant or preset.
  std::string member{};      ///< Member of the JSON document, or of an options struct.
  std::string table{};       ///< Table of the owner's row.
  std::string column{};      ///< Column of the owner's row.
  std::string row{};         ///< Key of the owner's row.

  bool operator==(const Where&) const = default;
};

/// The one exception type of affix.
///
/// `what()` reads `NAME: message (disk=…, key=…): cause`. Only the message is written by affix and
/// free of foreign text; the values in the brackets and the cause are escaped (bytes of control
/// characters, of invalid UTF-8 and of invisible characters as `\xNN`) and cut at 200 bytes each.
/// Copying does not throw, and a moved-from error is still whole.
class Error : public std::runtime_error {
 public:
  /// `message` is a fixed sentence without foreign text; `cause` may be foreign, e.g. `strerror`.
  Error(Errc code, std::string_view message, Where where = {}, std::string_view cause = {});
  Error(const Error&) noexcept = default;
  Error& operator=(const Error&) noexcept = default;
  ~Error() override = default;

  Errc code() const noexcept;
  const Where& where() const noexcept;
  /// The sentence alone, without place and cause.
  std::string_view message() const noexcept;
  /// What the system, the library or the database below said; empty if there was nothing.
  std::string_view cause() const noexcept;

  /// The same error with every empty member of `where()` filled from `more`.
  Error with(const Where& more) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace affix
