#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "affix/import/imported.hpp"
#include "affix/value/id.hpp"
#include "value/json_error.hpp"

namespace affix::detail {

/// What another system says about one file.
struct ForeignFile {
  ImportPlace place{};
  std::string path{};  ///< Below the place.
  std::optional<std::string> mime_type{};
  std::optional<std::int64_t> size{};
  std::optional<std::int64_t> width{};
  std::optional<std::int64_t> height{};
};

/// The path on the disk of `place` of what lies at `path` below it; what leaves it is
/// `Errc::invalid_key`.
std::string path_at(const ImportPlace& place, std::string_view path);

/// `folder/name`, or what of both is not empty.
std::string join_path(std::string_view folder, std::string_view name);

/// The last segment of a path.
std::string_view last_segment(std::string_view path) noexcept;

/// A file name without its extension, and the extension with its dot; empty if there is none.
struct NameParts {
  std::string_view stem;
  std::string_view extension;
};
NameParts split_name(std::string_view name) noexcept;

/// Puts together what becomes of the document or row of another system.
class ImportBuilder {
 public:
  /// `system` is what `from` says. A null generator is the usual one.
  ImportBuilder(std::string_view system, const std::shared_ptr<IdGenerator>& ids);

  /// The file itself, and the name that it was uploaded with.
  void set_file(const ForeignFile& file, const std::optional<std::string>& name);
  /// A variant; `theirs` is what has no member in one. A name that is there already, and an empty
  /// one, is dropped.
  void add_variant(const std::string& name, const ForeignFile& file, nlohmann::json theirs = {});
  void set_time(const std::optional<std::string>& text);

  /// Keeps something in `meta["imported"]`; what is null or empty is left out.
  void keep(std::string_view name, nlohmann::json value);
  template <class Value>
  void keep_column(std::string_view name, const std::optional<Value>& value) {
    keep(name, value ? nlohmann::json(*value) : nlohmann::json());
  }
  /// Keeps all members of an object; where a name is taken, what was kept before stays.
  void keep_all(nlohmann::json object);

  void warn(ImportWarningKind kind, std::string member = {});
  Attachment& attachment() { return attachment_; }
  /// `Errc::invalid_document` if the result could not be stored.
  Imported finish() &&;

 private:
  template <class File>
  void describe(File& target, const ForeignFile& file, const std::string& member);

  Attachment attachment_;
  std::vector<ImportWarning> warnings_;
  nlohmann::json theirs_ = nlohmann::json::object();
};

/// Warnings name a variant by this.
std::string variant_member(std::string_view name);

/// Reads an array of documents: `read` makes an `Imported` of each.
template <class Read>
ImportedList import_array(nlohmann::json array, Read read) {
  if (!array.is_array()) throw invalid_document("The document is no array");
  ImportedList imported;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string index = std::to_string(i);
    try {
      Imported one = read(std::move(array[i]));
      if (!one.attachment) continue;
      for (ImportWarning& warning : one.warnings) {
        warning.member = join_members(std::to_string(imported.list.size()), warning.member);
        imported.warnings.push_back(std::move(warning));
      }
      imported.list.items.push_back(*std::move(one.attachment));
    } catch (const Error& error) {
      throw below(index, error);
    }
  }
  return imported;
}

}  // namespace affix::detail
