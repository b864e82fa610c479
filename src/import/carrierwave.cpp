#include "affix/import/carrierwave.hpp"

#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"
#include "value/any_json.hpp"

namespace affix {
namespace {

Imported read(const std::string& identifier, const CarrierWaveOptions& options) {
  if (identifier.empty()) return {};
  const auto path_of = [&](const std::string& name) {
    return detail::join_path(options.store_dir, name);
  };
  detail::ImportBuilder builder("carrierwave", options.ids);
  builder.set_file({.place = options.place, .path = path_of(identifier)}, identifier);
  for (const CarrierWaveVersion& version : options.versions) {
    std::string name = version.name;
    name.append("_").append(version.extension.empty() ? std::string_view(identifier)
                                                      : detail::split_name(identifier).stem);
    if (!version.extension.empty()) name.append(".").append(version.extension);
    builder.add_variant(version.name, {.place = options.place, .path = path_of(name)});
  }
  return std::move(builder).finish();
}

Imported read(const nlohmann::json& identifier, const CarrierWaveOptions& options) {
  if (identifier.is_null()) return {};
  if (!identifier.is_string()) throw detail::invalid_document("An identifier is no text");
  return read(identifier.get_ref<const std::string&>(), options);
}

}  // namespace

Imported import_carrierwave(std::string_view text, const CarrierWaveOptions& options) {
  if (detail::is_nothing(text)) return {};
  // A name of theirs has no quotes, so this is what a JSON column holds.
  if (text.starts_with('"')) return read(detail::parse_any_json(text), options);
  return read(std::string(text), options);
}

ImportedList import_carrierwave_list(std::string_view text, const CarrierWaveOptions& options) {
  if (detail::is_nothing(text)) return {};
  return detail::import_array(detail::parse_any_json(text), [&](const nlohmann::json& identifier) {
    return read(identifier, options);
  });
}

}  // namespace affix
