#include "import/import_builder.hpp"

#include <climits>
#include <utility>

#include "affix/storage/file_name.hpp"
#include "affix/storage/key.hpp"
#include "affix/value/json.hpp"
#include "affix/value/mime_type.hpp"
#include "import/foreign_time.hpp"
#include "value/json_error.hpp"

namespace affix::detail {
namespace {

int pixels(const std::optional<std::int64_t>& number) {
  return number && *number <= INT_MAX ? static_cast<int>(*number) : 0;
}

std::string new_id(const std::shared_ptr<IdGenerator>& ids) {
  return ids ? ids->next() : make_id_generator()->next();
}

}  // namespace

std::string join_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!folder.empty() && !name.empty()) path += '/';
  return path.append(name);
}

std::string path_at(const ImportPlace& place, std::string_view path) {
  // Not joined before it is looked at: with a folder alone the result would be one.
  static_cast<void>(Key::parse_foreign(path));
  return Key::parse_foreign(join_path(place.folder, path)).text();
}

std::string_view last_segment(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

NameParts split_name(std::string_view name) noexcept {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {name, {}};
  return {name.substr(0, dot), name.substr(dot)};
}

std::string variant_member(std::string_view name) { return join_members("variants", name); }

ImportBuilder::ImportBuilder(std::string_view system, const std::shared_ptr<IdGenerator>& ids) {
  attachment_.id = new_id(ids);
  theirs_["from"] = system;
}

void ImportBuilder::set_file(const ForeignFile& file, const std::optional<std::string>& name) {
  describe(attachment_, file, {});
  attachment_.name = name ? *name : std::string(last_segment(attachment_.path));
  attachment_.file_name = sanitize_file_name(attachment_.name);
}

void ImportBuilder::add_variant(const std::string& name, const ForeignFile& file,
                                nlohmann::json theirs) {
  if (name.empty() || attachment_.variants.contains(name)) {
    return warn(ImportWarningKind::dropped_variant, variant_member(name));
  }
  try {
    Variant variant;
    describe(variant, file, variant_member(name));
    if (!theirs.empty()) variant.extra["imported"] = std::move(theirs);
    attachment_.variants.emplace(name, std::move(variant));
  } catch (const Error& error) {
    throw error.with({.variant = name});
  }
}

template <class File>
void ImportBuilder::describe(File& target, const ForeignFile& file, const std::string& member) {
  target.disk = file.place.disk;
  target.path = path_at(file.place, file.path);
  if (!file.size || *file.size < 0) {
    warn(ImportWarningKind::unknown_size, join_members(member, "size"));
  } else {
    target.size = *file.size;
  }
  target.mime_type = normalize_type(file.mime_type.value_or(""));
  if (target.mime_type.empty()) {
    const std::string_view type =
        type_for_extension(split_name(last_segment(target.path)).extension);
    target.mime_type = type.empty() ? "application/octet-stream" : type;
    warn(ImportWarningKind::guessed_type, join_members(member, "mimeType"));
  }
  target.width = pixels(file.width);
  target.height = pixels(file.height);
}

void ImportBuilder::set_time(const std::optional<std::string>& text) {
  if (!text || text->empty()) return;
  attachment_.created_at = parse_foreign_time(*text);
  if (attachment_.created_at) return;
  warn(ImportWarningKind::unknown_time, "createdAt");
  keep_column("created_at", text);
}

void ImportBuilder::keep(std::string_view name, nlohmann::json value) {
  if (value.empty() || (value.is_string() && value.get_ref<const std::string&>().empty())) return;
  theirs_.emplace(name, std::move(value));
}

void ImportBuilder::keep_all(nlohmann::json object) {
  for (auto& [name, value] : object.get_ref<nlohmann::json::object_t&>()) {
    keep(name, std::move(value));
  }
}

void ImportBuilder::warn(ImportWarningKind kind, std::string member) {
  warnings_.push_back({kind, std::move(member)});
}

Imported ImportBuilder::finish() && {
  attachment_.meta["imported"] = std::move(theirs_);
  try {
    static_cast<void>(print(attachment_));
  } catch (const Error& error) {
    throw Error(Errc::invalid_document, error.message(), error.where(), error.cause());
  }
  return {std::move(attachment_), std::move(warnings_)};
}

}  // namespace affix::detail
