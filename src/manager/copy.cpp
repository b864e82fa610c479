#include "manager/copy.hpp"

#include <vector>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/file_name.hpp"
#include "affix/value/mime_type.hpp"

namespace affix::detail {
namespace {

/// What has to be copied to copy an attachment, and the copy that it gives.
class Copy {
 public:
  Copy(const ManagerCore& core, const Attachment& original, std::string id)
      : core_(core), original_(original), foreign_(core.is_foreign(original)), copied_(original) {
    copied_.id = std::move(id);
    copied_.created_at = core.now();
    plan_original();
    for (auto& [name, variant] : copied_.variants) plan_variant(name, variant);
  }

  StoredFiles files() const {
    return {copied_.id, copied_.disk, Key::parse(core_.options().key_prefix) / copied_.id};
  }

  /// Copies the files, and returns the copy.
  Attachment run() {
    for (const Step& step : steps_) foreign_ ? take_over(step) : copy(step);
    return copied_;
  }

 private:
  struct Step {
    std::string variant;
    ManagerCore::Place from;
    Key to;
  };

  void plan_original() {
    const ManagerCore::Place from = core_.locate(original_, {});
    if (foreign_) copied_.mime_type = type_of(from);
    const std::string name = slug(copied_.name, extension_for_type(copied_.mime_type));
    steps_.push_back({{}, from, files().prefix / file_name(from.key, name)});
    copied_.path = steps_.back().to.text();
  }

  void plan_variant(const std::string& name, Variant& variant) {
    const ManagerCore::Place from = core_.locate(original_, name);
    if (foreign_) variant.mime_type = type_of(from);
    // Names of variants of other systems may be any text, and their slugs be the same.
    std::string new_name = std::to_string(steps_.size());
    new_name.append("-").append(slug(name, extension_for_type(variant.mime_type)));
    const Key folder = files().prefix / "variants";
    steps_.push_back({name, from, folder / file_name(from.key, new_name)});
    variant.disk = copied_.disk;
    variant.path = steps_.back().to.text();
  }

  /// Another system has said what it believes; affix looks at the bytes.
  std::string type_of(const ManagerCore::Place& place) const {
    constexpr std::size_t most_bytes = 65'536;
    const auto reader = core_.disk(place.disk).open(place.key);
    std::vector<std::byte> bytes(most_bytes);
    std::size_t length = 0;
    while (length < bytes.size()) {
      const std::size_t count = reader->read(std::span(bytes).subspan(length));
      if (count == 0) break;
      length += count;
    }
    return detect_type(std::span(bytes).first(length));
  }

  /// Names that affix has given are kept.
  std::string_view file_name(const Key& from, std::string_view new_name) const {
    return foreign_ ? new_name : from.file_name();
  }

  void copy(const Step& step) {
    if (step.from.disk != copied_.disk) return take_over(step);
    core_.disk(copied_.disk).copy(step.from.key, step.to);
  }

  /// Another system may not have said how large the file is, and has no checksum that we know.
  void take_over(const Step& step) {
    const auto reader = core_.disk(step.from.disk).open(step.from.key);
    const PutResult stored = core_.disk(copied_.disk).put(step.to, *reader);
    const auto describe = [&](auto& file) {
      file.size = stored.size;
      file.checksum = stored.checksum;
    };
    step.variant.empty() ? describe(copied_) : describe(copied_.variants.at(step.variant));
  }

  const ManagerCore& core_;
  const Attachment& original_;
  bool foreign_;
  Attachment copied_;
  std::vector<Step> steps_;
};

}  // namespace

PendingFiles copy(const ManagerCore& core, const Attachment& original) {
  Copy plan(core, original, core.options().ids->next());
  const StoredFiles files = plan.files();
  core.disk(files.disk);
  core.mark(files);
  try {
    Attachment copied = plan.run();
    const TimePoint started = *copied.created_at;
    return {&core, files, std::move(copied), {}, started};
  } catch (...) {
    core.try_remove(files, RemovedEvent::Reason::discarded);
    throw;
  }
}

}  // namespace affix::detail
