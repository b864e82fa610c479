#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

/// The columns of one attachment of Paperclip, as text, and the key of the row.
struct PaperclipRow {
  std::variant<std::int64_t, std::string> id{};
  std::optional<std::string> file_name{};  ///< NULL: no file.
  std::optional<std::string> content_type{};
  std::optional<std::int64_t> file_size{};
  std::optional<std::string> updated_at{};
  std::optional<std::string> created_at{};
  std::optional<std::string> fingerprint{};
};

struct PaperclipStyle {
  std::string name{};
  std::string format{};  ///< The extension of its files if it is not the original's.
};

struct PaperclipOptions {
  ImportPlace place{};
  /// The `path` or `url` of the attachment below the place. Known are `:class`, `:attachment`,
  /// `:id`, `:id_partition`, `:style`, `:filename`, `:basename`, `:extension`, `:fingerprint` and
  /// `:updated_at`; any other word behind a colon is `Errc::invalid_argument`.
  std::string path = "system/:class/:attachment/:id_partition/:style/:filename";
  std::string class_name{};  ///< As in their paths: `users`.
  std::string attachment{};  ///< As in their paths: `avatars`.
  std::vector<PaperclipStyle> styles{};
  std::string original_style = "original";
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// Nobody there has written down which styles were made: all are variants, and `check_files` drops
/// those that are not there.
Imported import_paperclip(const PaperclipRow& row, const PaperclipOptions& options);

}  // namespace affix
