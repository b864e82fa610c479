#include "manager/variants.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "affix/value/mime_type.hpp"
#include "storage/hashing_reader.hpp"
#include "storage/spool.hpp"

namespace affix::detail {
namespace {

std::vector<MadeVariant> convert(const ManagerCore& core, const Attachment& attachment,
                                 std::span<const Preset> presets) {
  if (presets.empty()) return {};
  const auto& converter = core.options().converter;
  if (!converter) {
    throw Error(Errc::converter_missing, "Variants were asked for and there is no converter");
  }
  if (!converter->accepts(attachment.mime_type)) {
    throw Error(Errc::unsupported, "The converter cannot read files of this type", {},
                attachment.mime_type);
  }
  const auto original = core.disk(attachment.disk).open(own_key(attachment, {}));
  const Spool spool = Spool::read(*original, std::max(attachment.size, core.options().max_size));
  auto made =
      converter
          ->convert({.bytes = spool.bytes(), .mime_type = attachment.mime_type, .presets = presets})
          .variants;
  for (const MadeVariant& one : made) {
    if (one.error) throw one.error->with({.variant = one.name});
  }
  return made;
}

/// The variants of one attachment: those that are on its disk, and those that come there now.
class Publisher {
 public:
  Publisher(const ManagerCore& core, const Attachment& attachment)
      : core_(core),
        attachment_(attachment),
        disk_(core.disk(attachment.disk)),
        folder_(Key::parse(own_key(attachment, {}).parent()) / "variants") {}

  const Attachment& attachment() const noexcept { return attachment_; }
  std::string place() const { return attachment_.disk + ":" + folder_.text(); }

  /// Looks at what is on the disk already.
  void list() {
    listed_.clear();
    if (!disk_.capabilities().list) return;
    ListOptions page{.prefix = folder_.text() + "/"};
    do {
      Listing listing = disk_.list(page);
      std::ranges::move(listing.files, std::back_inserter(listed_));
      page.cursor = listing.cursor.value_or("");
    } while (!page.cursor.empty());
  }

  /// What somebody has published already: another process, or one that died before a row had it.
  std::optional<Variant> find(const Preset& preset) {
    const std::string recipe = digest(preset);
    const auto found = std::ranges::find_if(listed_, [&](const FileInfo& file) {
      return file.key.file_name().starts_with(stem(preset.name, recipe) + ".");
    });
    return found == listed_.end() ? std::nullopt : read(found->key, recipe);
  }

  /// What the attachment does not name, and has not since before the grace.
  std::vector<Key> unlisted() const {
    std::set<std::string_view> named;
    for (const auto& [name, variant] : attachment_.variants) named.insert(variant.path);
    std::vector<Key> old;
    for (const FileInfo& file : listed_) {
      const bool is_old = core_.now() - file.modified >= core_.options().grace;
      if (is_old && !named.contains(file.key.text())) old.push_back(file.key);
    }
    return old;
  }

  Variant publish(const MadeVariant& made) {
    const MadeFile& file = *made.file;
    const Key key = folder_ / (stem(made.name, made.digest) + "." + file.extension);
    const PutResult stored = put(key, as_bytes(file.bytes));
    return {.disk = attachment_.disk,
            .path = key.text(),
            .size = stored.size,
            .mime_type = file.mime_type,
            .width = file.width,
            .height = file.height,
            .checksum = stored.checksum,
            .preset = made.digest};
  }

  std::vector<Key> take_written() { return std::move(written_); }

 private:
  static std::string stem(const std::string& name, const std::string& digest) {
    return name + "-" + digest;
  }

  /// Nothing if it is gone, or of a type that tells the converter nothing: it is made anew then.
  std::optional<Variant> read(const Key& key, const std::string& digest) try {
    const std::string_view name = key.file_name();
    const std::string type(type_for_extension(name.substr(name.rfind('.'))));
    const auto& converter = core_.options().converter;
    if (!converter || !converter->accepts(type)) return std::nullopt;
    const Spool spool = Spool::read(*disk_.open(key), core_.options().max_size);
    const Inspection seen = converter->inspect(spool.bytes(), type);
    // Whoever has published it may have died before it was durable; after this it is.
    const PutResult stored = put(key, spool.bytes());
    return Variant{.disk = attachment_.disk,
                   .path = key.text(),
                   .size = stored.size,
                   .mime_type = type,
                   .width = seen.width,
                   .height = seen.height,
                   .checksum = stored.checksum,
                   .preset = digest};
  } catch (const Error&) {
    return std::nullopt;
  }

  PutResult put(const Key& key, std::span<const std::byte> bytes) {
    try {
      PutResult stored = disk_.put(key, *make_view_reader(bytes));
      written_.push_back(key);
      return stored;
    } catch (const Error& error) {
      if (error.code() != Errc::exists) throw;
      return read_back(disk_, key);
    }
  }

  const ManagerCore& core_;
  const Attachment& attachment_;
  Disk& disk_;
  const Key folder_;
  std::vector<FileInfo> listed_;
  std::vector<Key> written_;
};

/// Makes those that nobody makes, then waits for the others; the presets whose makers have failed.
std::vector<Preset> publish_some(const ManagerCore& core, Publisher& publisher,
                                 std::span<const Preset> presets,
                                 std::map<std::string, Variant, std::less<>>& variants) {
  VariantsInWork::Share share(core.variants_in_work(), publisher.place(), presets);
  std::vector<std::pair<std::string, std::int64_t>> made_here;  // Names and sizes, to be told.
  const auto finish = [&](const std::string& name, const Variant& variant) {
    variants[name] = variant;
    share.finish(name, variant);
  };
  try {
    publisher.list();  // What others have finished before this share began is there.
    std::vector<Preset> missing;
    for (const Preset& preset : share.own()) {
      const std::optional<Variant> found = publisher.find(preset);
      found ? finish(preset.name, *found) : missing.push_back(preset);
    }
    for (const MadeVariant& made : convert(core, publisher.attachment(), missing)) {
      finish(made.name, publisher.publish(made));
      made_here.emplace_back(made.name, static_cast<std::int64_t>(made.file->bytes.size()));
    }
  } catch (...) {
    share.fail(std::current_exception());
    throw;
  }
  // Now nobody waits for this thread, whatever an observer asks for.
  for (const auto& [name, size] : made_here) {
    core.notify(&Observer::variant_made, VariantMadeEvent{publisher.attachment().id, name, size});
  }
  return share.await_others(variants);
}

}  // namespace

std::vector<Preset> missing_variants(const ManagerCore& core, const Attachment& attachment,
                                     std::span<const std::string> names) {
  std::vector<Preset> wanted = core.presets_for(names, attachment.width, attachment.height);
  std::erase_if(wanted, [&](const Preset& preset) {
    const auto found = attachment.variants.find(preset.name);
    return found != attachment.variants.end() && found->second.preset == digest(preset);
  });
  return wanted;
}

PublishedVariants publish_variants(const ManagerCore& core, const Attachment& attachment,
                                   std::span<const Preset> presets) {
  if (core.is_foreign(attachment)) {
    throw Error(Errc::unsupported,
                "Variants of a file that another system has stored are not made; copy it first",
                {.attachment = attachment.id});
  }
  Publisher publisher(core, attachment);
  PublishedVariants result;
  std::vector<Preset> left(presets.begin(), presets.end());
  while (!left.empty()) left = publish_some(core, publisher, left, result.variants);
  result.written = publisher.take_written();
  result.unlisted = publisher.unlisted();
  return result;
}

}  // namespace affix::detail
