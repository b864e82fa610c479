#include "affix/import/adonis.hpp"

#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"
#include "value/any_json.hpp"

namespace affix {
namespace {

using detail::ForeignFile;
using detail::ForeignObject;
using detail::ImportBuilder;

/// A member of an object; null where there is none.
const nlohmann::json& member_of(const nlohmann::json& value, const char* name) {
  static const nlohmann::json none;
  if (!value.is_object()) return none;
  const auto found = value.find(name);
  return found == value.end() ? none : *found;
}

/// The picture's size as displayed: theirs is that of the pixels in the file.
void measure(ForeignFile& file, const nlohmann::json& meta) {
  constexpr int first_turned = 5;
  constexpr int last_turned = 8;
  const nlohmann::json& dimension = member_of(meta, "dimension");
  if (!dimension.is_object()) return;
  ForeignObject size(dimension);
  file.width = size.number("width");
  file.height = size.number("height");
  const nlohmann::json& orientation = member_of(member_of(meta, "orientation"), "value");
  if (orientation.is_number() && orientation >= first_turned && orientation <= last_turned) {
    std::swap(file.width, file.height);
  }
}

/// Takes what originals and variants have in common.
ForeignFile take_file(ForeignObject& object, const AdonisOptions& options, std::string path,
                      const nlohmann::json& meta) {
  ForeignFile file{.place = options.place, .path = std::move(path)};
  file.mime_type = object.text("mimeType");
  if (!file.mime_type) file.mime_type = object.text("mimetype");  // 1.1.0
  file.size = object.number("size");
  measure(file, meta);
  object.take("extname");  // A part of the name.
  object.take("keyId");
  return file;
}

void add_variant(ImportBuilder& builder, nlohmann::json value, const AdonisOptions& options) {
  ForeignObject object(std::move(value));
  const std::string key = object.text("key").value_or("");
  const std::string name = object.text("name").value_or("");
  const auto folder = object.text("folder");
  const std::string path =
      object.text("path").value_or(detail::join_path(folder.value_or(""), name));
  nlohmann::json meta = object.take("meta");
  const ForeignFile file = take_file(object, options, path, meta);
  if (path.empty()) {
    return builder.warn(ImportWarningKind::dropped_variant, detail::variant_member(key));
  }
  nlohmann::json theirs = std::move(object).rest();
  if (!meta.empty()) theirs["meta"] = std::move(meta);
  builder.add_variant(key, file, std::move(theirs));
}

void add_variants(ImportBuilder& builder, nlohmann::json variants, const AdonisOptions& options) {
  if (variants.is_null()) return;
  if (!variants.is_array()) throw detail::invalid_document("A member has the wrong type");
  for (std::size_t i = 0; i < variants.size(); ++i) {
    try {
      add_variant(builder, std::move(variants[i]), options);
    } catch (const Error& error) {
      throw detail::below(std::to_string(i), error);
    }
  }
}

Imported read(nlohmann::json value, const AdonisOptions& options) {
  ForeignObject object(std::move(value));
  ImportBuilder builder("adonis", options.ids);
  const std::string name = object.required_text("name");
  const std::string path = object.text("path").value_or(detail::join_path(options.folder, name));
  const auto original_name = object.text("originalName");
  nlohmann::json meta = object.take("meta");
  nlohmann::json variants = object.take("variants");
  builder.set_file(take_file(object, options, path, meta),
                   original_name ? original_name : std::string(detail::last_segment(name)));
  if (original_name == detail::last_segment(name)) {
    builder.warn(ImportWarningKind::shared_file, "path");
  }
  try {
    add_variants(builder, std::move(variants), options);
  } catch (const Error& error) {
    throw detail::below("variants", error);
  }
  builder.keep("meta", std::move(meta));
  builder.keep_all(std::move(object).rest());
  return std::move(builder).finish();
}

}  // namespace

Imported import_adonis(std::string_view text, const AdonisOptions& options) {
  if (detail::is_nothing(text)) return {};
  return read(detail::parse_any_json(text), options);
}

ImportedList import_adonis_list(std::string_view text, const AdonisOptions& options) {
  if (detail::is_nothing(text)) return {};
  return detail::import_array(detail::parse_any_json(text), [&](nlohmann::json value) {
    return read(std::move(value), options);
  });
}

}  // namespace affix
