#include "affix/import/spatie.hpp"

#include <charconv>
#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"

namespace affix {
namespace {

using detail::ForeignFile;
using detail::ForeignObject;
using detail::ImportBuilder;

const ImportPlace& place_of(const std::string& disk, const SpatieOptions& options) {
  const auto found = options.disks.find(disk);
  if (found != options.disks.end()) return found->second;
  throw Error(Errc::unknown_disk, "The disk was not mapped", {.disk = disk});
}

/// Takes a number from the end of a text, and the `_` before it.
std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::size_t mark = text.rfind('_');
  if (mark == std::string_view::npos) return {};
  const std::string_view digits = text.substr(mark + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 1) return {};
  text = text.substr(0, mark);
  return number;
}

class Reader {
 public:
  Reader(const SpatieRow& row, const SpatieOptions& options)
      : row_(row), options_(options), builder_("spatie", options.ids) {}

  Imported read() && {
    builder_.set_file({.place = place_of(row_.disk, options_),
                       .path = detail::join_path(row_.id, row_.file_name),
                       .mime_type = row_.mime_type,
                       .size = row_.size},
                      row_.file_name);
    if (row_.name && !row_.name->empty()) builder_.attachment().name = *row_.name;
    builder_.set_time(row_.created_at);
    add_conversions();
    add_responsive_images();
    keep_columns();
    return std::move(builder_).finish();
  }

 private:
  const ImportPlace& conversions_place() const {
    const auto& disk = row_.conversions_disk;
    return place_of(disk && !disk->empty() ? *disk : row_.disk, options_);
  }

  std::string extension_of(const std::string& conversion) const {
    const auto found = options_.extensions.find(conversion);
    return found == options_.extensions.end() ? "jpg" : found->second;
  }

  void add_conversions() {
    const nlohmann::json made = ForeignObject::parse(row_.generated_conversions).rest();
    const std::string stem(detail::split_name(row_.file_name).stem);
    for (const auto& [name, is_made] : made.items()) {
      if (is_made != true) continue;
      std::string path = row_.id;
      path.append("/conversions/").append(stem).append("-").append(name);
      path.append(".").append(extension_of(name));
      builder_.add_variant(name, {.place = conversions_place(), .path = std::move(path)});
    }
  }

  void add_responsive_images() {
    nlohmann::json images = ForeignObject::parse(row_.responsive_images).rest();
    for (auto& [conversion, value] : images.items()) {
      if (!value.is_object()) continue;
      const nlohmann::json files = ForeignObject(value).take("urls");
      if (!files.is_array()) continue;
      for (const nlohmann::json& file : files) add_responsive_image(file);
      value.erase("urls");
    }
    builder_.keep("responsive_images", std::move(images));
  }

  /// `photo___thumb_400_300.jpg`
  void add_responsive_image(const nlohmann::json& file) {
    constexpr std::string_view mark = "___";
    const std::string name = file.is_string() ? file.get<std::string>() : std::string();
    const std::string_view stem = detail::split_name(name).stem;
    const std::size_t found = stem.rfind(mark);
    if (found == std::string_view::npos) {
      return builder_.warn(ImportWarningKind::dropped_variant, detail::variant_member(name));
    }
    std::string_view what = stem.substr(found + mark.size());
    const std::string variant(what);
    ForeignFile image{.place = conversions_place()};
    image.path.append(row_.id).append("/responsive-images/").append(name);
    image.height = take_number(what);
    if (image.height) image.width = take_number(what);
    builder_.add_variant(variant, image);
  }

  void keep_columns() {
    builder_.keep("id", row_.id);
    builder_.keep_column("uuid", row_.uuid);
    builder_.keep_column("model_type", row_.model_type);
    builder_.keep_column("model_id", row_.model_id);
    builder_.keep_column("collection_name", row_.collection_name);
    builder_.keep_column("order_column", row_.order_column);
    builder_.keep_column("updated_at", row_.updated_at);
    builder_.keep("manipulations", ForeignObject::parse(row_.manipulations).rest());
    builder_.keep("custom_properties", ForeignObject::parse(row_.custom_properties).rest());
  }

  const SpatieRow& row_;
  const SpatieOptions& options_;
  ImportBuilder builder_;
};

}  // namespace

Imported import_spatie(const SpatieRow& row, const SpatieOptions& options) {
  return Reader(row, options).read();
}

}  // namespace affix
