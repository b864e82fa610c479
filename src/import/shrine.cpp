#include "affix/import/shrine.hpp"

#include <utility>

#include "import/foreign_json.hpp"
#include "import/import_builder.hpp"
#include "value/any_json.hpp"

namespace affix {
namespace {

using detail::ForeignFile;
using detail::ForeignObject;
using detail::ImportBuilder;

/// Whether a value is one uploaded file, and not a group of them.
bool is_file(const nlohmann::json& value) {
  return detail::has_text(value, "id") && detail::has_text(value, "storage");
}

/// One uploaded file of theirs.
struct Upload {
  ForeignFile file{};
  std::optional<std::string> name{};
  std::string storage{};
  nlohmann::json derivatives{};
  nlohmann::json rest = nlohmann::json::object();
};

Upload take_upload(nlohmann::json value, const ShrineOptions& options) {
  ForeignObject object(std::move(value));
  Upload upload;
  upload.file.path = object.required_text("id");
  upload.storage = object.required_text("storage");
  const auto place = options.storages.find(upload.storage);
  if (place == options.storages.end()) {
    throw Error(Errc::unknown_disk, "The storage was not mapped", {.disk = upload.storage});
  }
  upload.file.place = place->second;
  nlohmann::json data = object.take("metadata");
  ForeignObject metadata(data.is_object() ? std::move(data) : nlohmann::json());
  upload.name = metadata.text("filename");
  upload.file.size = metadata.number("size");
  upload.file.mime_type = metadata.text("mime_type");
  upload.file.width = metadata.number("width");
  upload.file.height = metadata.number("height");
  upload.derivatives = object.take("derivatives");
  upload.rest = std::move(object).rest();
  nlohmann::json more = std::move(metadata).rest();
  if (!more.empty()) upload.rest["metadata"] = std::move(more);
  upload.rest["storage"] = upload.storage;
  return upload;
}

class Reader {
 public:
  explicit Reader(const ShrineOptions& options)
      : options_(options), builder_("shrine", options.ids) {}

  Imported read(nlohmann::json value) {
    if (is_file(value)) return read_file(std::move(value));
    ForeignObject versions(std::move(value));
    nlohmann::json original = versions.take("original");
    if (!is_file(original)) {
      throw detail::invalid_document("The document is neither a file nor has an original one");
    }
    set_file(std::move(original));
    add_derivatives({}, std::move(versions).rest());
    return std::move(builder_).finish();
  }

 private:
  Imported read_file(nlohmann::json value) {
    add_derivatives({}, set_file(std::move(value)));
    return std::move(builder_).finish();
  }

  nlohmann::json set_file(nlohmann::json value) {
    Upload upload = take_upload(std::move(value), options_);
    builder_.set_file(upload.file, upload.name);
    if (upload.storage == options_.cache) {
      builder_.warn(ImportWarningKind::temporary_file, "path");
    }
    builder_.keep_all(std::move(upload.rest));
    return std::move(upload.derivatives);
  }

  /// Groups of derivatives are nested to any depth that the parser has let through.
  void add_derivatives(const std::string& name, nlohmann::json value) {
    if (is_file(value)) return add_derivative(name, std::move(value));
    if (!value.is_structured()) {
      if (!value.is_null()) warn_dropped(name);
      return;
    }
    for (auto& [part, one] : value.items()) {
      add_derivatives(detail::join_members(name, part), std::move(one));
    }
  }

  void add_derivative(const std::string& name, nlohmann::json value) {
    try {
      Upload upload = take_upload(std::move(value), options_);
      if (upload.name) upload.rest["filename"] = *upload.name;
      builder_.add_variant(name, upload.file, std::move(upload.rest));
    } catch (const Error& error) {
      if (error.code() != Errc::unknown_disk) throw;
      warn_dropped(name);
    }
  }

  void warn_dropped(const std::string& name) {
    builder_.warn(ImportWarningKind::dropped_variant, detail::variant_member(name));
  }

  const ShrineOptions& options_;
  ImportBuilder builder_;
};

}  // namespace

Imported import_shrine(std::string_view text, const ShrineOptions& options) {
  if (detail::is_nothing(text)) return {};
  return Reader(options).read(detail::parse_any_json(text));
}

}  // namespace affix
