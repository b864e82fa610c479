#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "affix/storage/reader.hpp"

namespace affix {

/// Where the bytes of a new attachment come from, and what the giver says of them: a file name and
/// a type. Neither is believed: the name is made harmless, the type is found in the bytes.
///
/// Making a source reads nothing except for base64 and data URIs, which are checked at once. It
/// can be opened once. Movable, not copyable; belongs to one thread at a time.
class Source {
 public:
  /// A regular file; its last path segment is the file name. `Errc::file_not_found` or
  /// `Errc::storage` when it is opened. The file must not change until it has been read.
  static Source from_path(std::filesystem::path path);
  /// Bytes that the source owns.
  static Source from_memory(std::string bytes, std::string file_name);
  /// Bytes that must stay where they are until the source has been read.
  static Source from_view(std::span<const std::byte> bytes, std::string file_name);
  /// Reads to the end of a stream that must outlive the source. The length is not known in advance;
  /// limits hold while reading. A stream that goes bad is `Errc::storage`.
  static Source from_stream(std::istream& stream, std::string file_name);
  /// Any other origin: `open` is called once, when the bytes are wanted.
  static Source from_reader(std::function<std::unique_ptr<Reader>()> open, std::string file_name);
  /// RFC 4648 base64, standard or URL-safe alphabet, padding optional, white space ignored.
  /// Throws `Errc::invalid_argument` for anything else.
  static Source from_base64(std::string_view text, std::string file_name);
  /// A data URI of RFC 2397: any media type (dots, digits, parameters), base64 or percent-encoded.
  /// Without a `file_name`, a `name` or `filename` parameter is taken, else `file` with the
  /// extension of the type. Throws `Errc::invalid_argument` if it is none.
  static Source from_data_uri(std::string_view uri, std::string file_name = {});

  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;
  ~Source();

  /// As given: any bytes, also none.
  const std::string& file_name() const noexcept;
  /// The type that the giver claims (data URIs do), normalised; empty if nothing was claimed.
  const std::string& claimed_type() const noexcept;

  /// Opens the bytes. `Errc::invalid_state` the second time.
  std::unique_ptr<Reader> open();

 private:
  struct State;
  explicit Source(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace affix
