#include "manager/variants.hpp"

#include <algorithm>

#include "storage/hashing_reader.hpp"
#include "storage/spool.hpp"

namespace affix::detail {
namespace {

std::vector<MadeVariant> convert(const ManagerCore& core, const Attachment& attachment,
                                 std::span<const Preset> presets) {
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

class Publisher {
 public:
  Publisher(const ManagerCore& core, const Attachment& attachment)
      : disk_(core.disk(attachment.disk)),
        disk_name_(attachment.disk),
        folder_(Key::parse(own_key(attachment, {}).parent()) / "variants") {}

  void publish(const MadeVariant& made) {
    const MadeFile& file = *made.file;
    const Key key = folder_ / (made.name + "-" + made.digest + "." + file.extension);
    const PutResult stored = put(key, file.bytes);
    result_.variants[made.name] = {.disk = disk_name_,
                                   .path = key.text(),
                                   .size = stored.size,
                                   .mime_type = file.mime_type,
                                   .width = file.width,
                                   .height = file.height,
                                   .checksum = stored.checksum,
                                   .preset = made.digest};
  }

  PublishedVariants take() { return std::move(result_); }

 private:
  PutResult put(const Key& key, const std::string& bytes) {
    try {
      PutResult stored = disk_.put(key, *make_view_reader(as_bytes(bytes)));
      result_.written.push_back(key);
      return stored;
    } catch (const Error& error) {
      if (error.code() != Errc::exists) throw;
      return read_back(disk_, key);
    }
  }

  Disk& disk_;
  std::string disk_name_;
  Key folder_;
  PublishedVariants result_;
};

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
  for (const MadeVariant& made : convert(core, attachment, presets)) {
    publisher.publish(made);
    core.notify(&Observer::variant_made,
                VariantMadeEvent{attachment.id, made.name,
                                 static_cast<std::int64_t>(made.file->bytes.size())});
  }
  return publisher.take();
}

}  // namespace affix::detail
