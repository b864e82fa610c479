#include "affix/import/check_files.hpp"

#include <algorithm>
#include <utility>

#include "manager/manager_core.hpp"
#include "value/json_error.hpp"

namespace affix {
namespace {

/// Checks the files of one attachment; `member` is what warnings about it start with.
class FileCheck {
 public:
  FileCheck(const detail::ManagerCore& core, std::vector<ImportWarning>& warnings,
            std::string member)
      : core_(core), warnings_(warnings), member_(std::move(member)) {}

  void run(Attachment& attachment) {
    const auto size = find(attachment, {});
    if (!size) {
      throw Error(Errc::file_not_found, "There is no such file",
                  {.disk = attachment.disk, .key = attachment.path});
    }
    take(attachment.size, *size, "size");
    for (auto variant = attachment.variants.begin(); variant != attachment.variants.end();) {
      const std::string name = detail::join_members("variants", variant->first);
      const auto found = find(attachment, variant->first);
      if (found) take(variant->second.size, *found, detail::join_members(name, "size"));
      if (!found) drop(name);
      variant = found ? std::next(variant) : attachment.variants.erase(variant);
    }
  }

 private:
  std::optional<std::int64_t> find(const Attachment& attachment, std::string_view variant) {
    const auto place = core_.locate(attachment, variant);
    const auto file = core_.disk(place.disk).stat(place.key);
    return file ? std::optional(file->size) : std::nullopt;
  }

  void take(std::int64_t& size, std::int64_t found, std::string_view name) {
    const ImportWarning unknown{ImportWarningKind::unknown_size,
                                detail::join_members(member_, name)};
    const bool was_unknown = std::erase(warnings_, unknown) > 0;
    if (size != found && !was_unknown) warn(ImportWarningKind::wrong_size, name);
    size = found;
  }

  void drop(const std::string& variant) {
    for (const char* member : {"size", "mimeType"}) {
      const std::string about = detail::join_members(variant, member);
      std::erase_if(warnings_, [&](const ImportWarning& warning) {
        return warning.member == detail::join_members(member_, about);
      });
    }
    warn(ImportWarningKind::dropped_variant, variant);
  }

  void warn(ImportWarningKind kind, std::string_view name) {
    warnings_.push_back({kind, detail::join_members(member_, name)});
  }

  const detail::ManagerCore& core_;
  std::vector<ImportWarning>& warnings_;
  std::string member_;
};

}  // namespace

Imported check_files(AttachmentManager& files, Imported imported) {
  if (!imported.attachment) return imported;
  FileCheck(detail::ManagerAccess::core(files), imported.warnings, {}).run(*imported.attachment);
  return imported;
}

ImportedList check_files(AttachmentManager& files, ImportedList imported) {
  const detail::ManagerCore& core = detail::ManagerAccess::core(files);
  for (std::size_t i = 0; i < imported.list.size(); ++i) {
    const std::string index = std::to_string(i);
    try {
      FileCheck(core, imported.warnings, index).run(imported.list.items[i]);
    } catch (const Error& error) {
      throw detail::below(index, error);
    }
  }
  return imported;
}

}  // namespace affix
