#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"

namespace affix {

/// A row of the table `media` of spatie/laravel-medialibrary, as text.
struct SpatieRow {
  std::string id{};
  std::optional<std::string> model_type{};
  std::optional<std::string> model_id{};
  std::optional<std::string> uuid{};
  std::optional<std::string> collection_name{};
  std::optional<std::string> name{};
  std::string file_name{};
  std::optional<std::string> mime_type{};
  std::string disk{};
  std::optional<std::string> conversions_disk{};
  std::optional<std::int64_t> size{};
  std::optional<std::string> manipulations{};      ///< JSON, as the four below.
  std::optional<std::string> custom_properties{};  ///< PHP's empty `[]` counts as `{}`.
  std::optional<std::string> generated_conversions{};
  std::optional<std::string> responsive_images{};
  std::optional<std::int64_t> order_column{};
  std::optional<std::string> created_at{};
  std::optional<std::string> updated_at{};
};

struct SpatieOptions {
  /// Where their disks are, by the names that they have there. The folder has the `prefix` of their
  /// configuration, if there is one. Another disk is `Errc::unknown_disk`.
  std::map<std::string, ImportPlace, std::less<>> disks{};
  /// The extensions of conversions, by their names, without a dot; `jpg` for those that are not
  /// named here, as theirs are unless a format was asked for.
  std::map<std::string, std::string, std::less<>> extensions{};
  std::shared_ptr<IdGenerator> ids{};  ///< Null: `make_id_generator()`.
};

/// Paths are those of their default generator. Conversions that were generated become variants of
/// the same name; responsive images become variants `<conversion>_<width>_<height>`, the original's
/// `media_library_original_<width>_<height>`.
Imported import_spatie(const SpatieRow& row, const SpatieOptions& options);

}  // namespace affix
