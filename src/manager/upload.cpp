#include "manager/upload.hpp"

#include <algorithm>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/file_name.hpp"
#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "affix/value/mime_type.hpp"
#include "storage/spool.hpp"
#include "value/json_text.hpp"

namespace affix::detail {
namespace {

/// One upload on its way from a source to a disk. Each step throws without having stored anything,
/// up to `store`.
class Upload {
 public:
  Upload(const ManagerCore& core, const CreateOptions& options)
      : core_(core), options_(options), started_(std::chrono::steady_clock::now()) {}

  PendingFiles run(Source source);

 private:
  void check_options();
  void check_id();
  void name_file(const Source& source);
  void read(Source& source);
  void check_content(const Source& source);
  void measure();
  void convert();
  void describe();
  void add_meta(const std::string& member, std::string text);
  void describe_variants();
  void store();
  void take_id(const StoredFiles& files);
  void put_all();

  std::string put(const std::string& path, Reader& content);
  bool is_convertible() const;
  void report(const MadeVariant& made);
  void keep_or_throw(const std::string& variant, const Error& error);
  void progress(Progress::Stage stage, std::int64_t done, std::optional<std::int64_t> total) const;
  StoredFiles files() const;

  const ManagerCore& core_;
  const CreateOptions& options_;
  const std::chrono::steady_clock::time_point started_;

  std::vector<Preset> presets_;
  Attachment attachment_;
  std::optional<std::string> original_name_;
  std::optional<Spool> spool_;
  Conversion made_;
  std::vector<FailedVariant> failed_;
};

PendingFiles Upload::run(Source source) {
  check_options();
  name_file(source);
  read(source);
  check_content(source);
  measure();
  convert();
  describe();
  store();
  core_.notify(&Observer::created,
               CreatedEvent{attachment_, std::chrono::steady_clock::now() - started_});
  return {&core_,
          files(),
          attachment_,
          std::move(failed_),
          *attachment_.created_at,
          options_.idempotency_key};
}

void Upload::check_options() {
  core_.disk(options_.disk);
  core_.require_presets(options_.variants);
  if (!options_.variants.empty() && !core_.options().converter) {
    throw Error(Errc::converter_missing, "Variants were asked for and there is no converter",
                {.variant = options_.variants.front()});
  }
  for (const std::string& type : options_.accepts) {
    if (type.empty() || normalize_type(type) != type || type.find('*') != std::string::npos) {
      throw Error(Errc::invalid_argument, "A type must be a whole one in lower case",
                  {.member = "accepts"}, type);
    }
  }
  if (options_.max_size < 0) {
    throw Error(Errc::invalid_argument, "The limit of bytes is negative", {.member = "max_size"});
  }
  if (options_.idempotency_key.size() > 120) {
    throw Error(Errc::invalid_argument, "An idempotency key has at most 120 bytes",
                {.member = "idempotency_key"});
  }
  if (!options_.idempotency_key.empty() && !core_.has_ledger()) {
    throw Error(Errc::invalid_argument, "Without a ledger there are no idempotency keys",
                {.member = "idempotency_key"});
  }
  attachment_.disk = options_.disk.empty() ? core_.options().disks.default_name() : options_.disk;
  std::string bounded;  // Copying a document that is nested too deeply ends the program.
  write_tree(bounded, options_.meta, 1);
  attachment_.meta = options_.meta;
  check_id();
}

void Upload::check_id() {
  if (!options_.id.empty() && !is_uuid_v7(options_.id)) {
    throw Error(Errc::invalid_argument, "An id must come from the manager",
                {.attachment = options_.id, .member = "id"});
  }
  attachment_.id = options_.id.empty() ? core_.options().ids->next() : options_.id;
}

void Upload::name_file(const Source& source) {
  const std::string& given = options_.file_name.empty() ? source.file_name() : options_.file_name;
  attachment_.file_name = sanitize_file_name(given);
  if (attachment_.file_name != given) {
    if (options_.on_bad_name == BadName::reject) {
      throw Error(Errc::invalid_name, "The file name is not a harmless one", {}, given);
    }
    original_name_ = given;
  }
  attachment_.name = options_.name.empty() ? attachment_.file_name : options_.name;
}

void Upload::read(Source& source) {
  const std::int64_t limit = options_.max_size > 0 ? options_.max_size : core_.options().max_size;
  const std::unique_ptr<Reader> reader = source.open();
  const std::optional<std::int64_t> total = reader->size();
  try {
    spool_ = Spool::read(*reader, limit, [&](std::int64_t done) {
      progress(Progress::Stage::reading, done, total);
    });
  } catch (const Error& error) {
    if (error.code() != Errc::too_large) throw;
    throw Error(error.code(), error.message(), error.where(),
                std::to_string(limit) + " bytes are allowed");
  }
  attachment_.size = spool_->size();
}

void Upload::check_content(const Source& source) {
  if (attachment_.size == 0) throw Error(Errc::invalid_content, "The file is empty");
  attachment_.mime_type = detect_type(spool_->bytes());
  const auto& accepts = options_.accepts;
  if (!accepts.empty() && std::ranges::find(accepts, attachment_.mime_type) == accepts.end()) {
    throw Error(Errc::type_not_allowed, "Files of this type are not accepted here", {},
                attachment_.mime_type);
  }
  if (options_.on_type_mismatch == TypeMismatch::rename) return;
  const std::string& name = attachment_.file_name;
  const std::size_t dot = name.rfind('.');
  const std::string_view claimed =
      dot == std::string::npos ? "" : type_for_extension(std::string_view(name).substr(dot));
  for (const std::string_view claim : {claimed, std::string_view(source.claimed_type())}) {
    if (!is_plausible(claim, attachment_.mime_type)) {
      throw Error(Errc::invalid_content, "The content is not what the file's name or type says", {},
                  attachment_.mime_type);
    }
  }
}

bool Upload::is_convertible() const {
  return core_.options().converter && core_.options().converter->accepts(attachment_.mime_type);
}

void Upload::measure() {
  if (is_convertible()) {
    const Inspection found =
        core_.options().converter->inspect(spool_->bytes(), attachment_.mime_type);
    attachment_.width = found.width;
    attachment_.height = found.height;
  }
  presets_ = core_.presets_for(options_.variants, attachment_.width, attachment_.height);
}

void Upload::convert() {
  if (is_convertible()) {
    // Also without presets: that the pixels are complete shows only when they are decoded.
    progress(Progress::Stage::converting, 0, presets_.size());
    made_ = core_.options().converter->convert({.bytes = spool_->bytes(),
                                                .mime_type = attachment_.mime_type,
                                                .presets = presets_,
                                                .made =
                                                    [&, done = 0](const auto& made) mutable {
                                                      report(made);
                                                      progress(Progress::Stage::converting, ++done,
                                                               presets_.size());
                                                    },
                                                .previews = core_.options().previews});
  } else if (attachment_.mime_type.starts_with("image/")) {
    // A document has no thumbnail and is stored as it is, but who asks for one of a picture in a
    // format that cannot be read must not find out later.
    const Error error(Errc::unsupported, "The converter cannot read pictures of this type", {},
                      attachment_.mime_type);
    for (const Preset& preset : presets_) keep_or_throw(preset.name, error);
  }
  for (const MadeVariant& made : made_.variants) {
    if (made.error) keep_or_throw(made.name, *made.error);
  }
}

void Upload::report(const MadeVariant& made) {
  if (made.file) {
    core_.notify(&Observer::variant_made,
                 VariantMadeEvent{attachment_.id, made.name,
                                  static_cast<std::int64_t>(made.file->bytes.size())});
  } else if (made.error) {
    core_.notify(&Observer::variant_failed,
                 VariantFailedEvent{attachment_.id, made.name, *made.error});
  }
}

void Upload::keep_or_throw(const std::string& variant, const Error& error) {
  if (options_.on_variant_failure == VariantFailure::fail) throw error.with({.variant = variant});
  failed_.push_back({variant, error});
}

void Upload::describe() {
  const std::string folder = core_.options().key_prefix + "/" + attachment_.id;
  const std::string extension(extension_for_type(attachment_.mime_type));
  attachment_.path = (Key::parse(folder) / slug(attachment_.file_name, extension)).text();
  attachment_.placeholder = made_.placeholder;
  attachment_.created_at = core_.now();
  add_meta("originalName", original_name_.value_or(""));
  add_meta("blurhash", made_.blurhash);
  add_meta("color", made_.color);
  describe_variants();
  // What cannot be written into a column must not be written to the disk either.
  static_cast<void>(print(attachment_));
}

/// What the caller has written there stays.
void Upload::add_meta(const std::string& member, std::string text) {
  if (text.empty() || !attachment_.meta.is_object() || attachment_.meta.contains(member)) return;
  // Bytes that are no UTF-8, and U+0000, cannot be kept in JSON; the rest can.
  std::ranges::replace(text, '\0', '?');
  attachment_.meta[member] = nlohmann::json::parse(
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void Upload::describe_variants() {
  const std::string folder = core_.options().key_prefix + "/" + attachment_.id + "/variants/";
  for (const MadeVariant& made : made_.variants) {
    if (!made.file) continue;
    const MadeFile& file = *made.file;
    attachment_.variants[made.name] = {
        .disk = attachment_.disk,
        .path = Key::parse(folder + made.name + "-" + made.digest + "." + file.extension).text(),
        .size = static_cast<std::int64_t>(file.bytes.size()),
        .mime_type = file.mime_type,
        .width = file.width,
        .height = file.height,
        .preset = made.digest};
  }
}

StoredFiles Upload::files() const {
  return {attachment_.id, attachment_.disk,
          Key::parse(core_.options().key_prefix + "/" + attachment_.id)};
}

void Upload::store() {
  const StoredFiles files = this->files();
  take_id(files);
  try {
    put_all();
  } catch (...) {
    core_.try_remove(files, RemovedEvent::Reason::discarded);
    throw;
  }
}

/// Writes the marker: whoever has it has the id. An id that the caller chose may have been used
/// before, and then the files below it are somebody's.
void Upload::take_id(const StoredFiles& files) {
  const bool fresh = options_.id.empty();
  try {
    core_.mark(files);
  } catch (const Error& error) {
    // The marker may be there although writing it has failed, but it is ours only if the id is.
    if (fresh && error.code() != Errc::exists) core_.try_unmark(files);
    throw;
  }
  if (fresh) return;
  try {
    const std::string below = files.prefix.text() + "/";
    if (core_.disk(files.disk).list({.prefix = below, .limit = 1}).files.empty()) return;
  } catch (...) {
    core_.try_unmark(files);
    throw;
  }
  core_.try_unmark(files);
  throw Error(Errc::exists, "There are files under this id already",
              {.disk = files.disk, .attachment = files.id});
}

void Upload::put_all() {
  const auto total = static_cast<std::int64_t>(1 + attachment_.variants.size());
  std::int64_t done = 0;
  progress(Progress::Stage::storing, done, total);
  attachment_.checksum = put(attachment_.path, *make_view_reader(spool_->bytes()));
  progress(Progress::Stage::storing, ++done, total);
  for (const MadeVariant& made : made_.variants) {
    if (!made.file) continue;
    Variant& variant = attachment_.variants.at(made.name);
    variant.checksum = put(variant.path, *make_view_reader(as_bytes(made.file->bytes)));
    progress(Progress::Stage::storing, ++done, total);
  }
}

std::string Upload::put(const std::string& path, Reader& content) {
  return core_.disk(attachment_.disk).put(Key::parse(path), content).checksum;
}

void Upload::progress(Progress::Stage stage, std::int64_t done,
                      std::optional<std::int64_t> total) const {
  if (options_.progress) options_.progress({stage, done, total});
}

}  // namespace

PendingFiles upload(const ManagerCore& core, Source source, const CreateOptions& options) {
  try {
    return Upload(core, options).run(std::move(source));
  } catch (const Error& error) {
    const std::string& disk = options.disk;
    throw error.with({.disk = disk.empty() ? core.options().disks.default_name() : disk});
  }
}

}  // namespace affix::detail
