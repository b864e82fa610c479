#include <optional>

#include "affix/import/adonis.hpp"
#include "affix/import/bknd.hpp"
#include "affix/import/carrierwave.hpp"
#include "affix/import/shrine.hpp"
#include "affix/import/spatie.hpp"
#include "affix/storage/key.hpp"
#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "target.hpp"

// Any text may stand in a column of another system. It becomes attachments that can be printed and
// read back, and whose paths stay in their folder, or it is a documented error.

namespace {

using affix::Attachment;
using affix::Errc;
using affix::fuzz::require;

const affix::ImportPlace place{.disk = "local", .folder = "theirs"};

void check_path(const std::string& path) {
  require(affix::Key::is_valid_foreign(path), "a path is a key of another system");
  require(path.starts_with("theirs/"), "a path stays in its folder");
}

void check(const Attachment& one) {
  require(affix::parse_attachment(print(one)) == one, "what was printed reads as the same value");
  check_path(one.path);
  for (const auto& [name, variant] : one.variants) check_path(variant.path);
}

template <class Import>
void read(Import import) {
  try {
    const auto imported = import();
    if constexpr (requires { imported.list; }) {
      for (const Attachment& one : imported.list) check(one);
    } else {
      if (imported.attachment) check(*imported.attachment);
    }
  } catch (const affix::Error& error) {
    const Errc code = error.code();
    require(
        code == Errc::invalid_document || code == Errc::invalid_key || code == Errc::unknown_disk,
        "a refused text has one of three codes");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(affix::fuzz::text_of(data, size));
  if (text.size() > affix::json_max_bytes / 64) return 0;
  read([&] { return affix::import_adonis(text, {.place = place}); });
  read([&] { return affix::import_adonis_list(text, {.place = place}); });
  read([&] { return affix::import_shrine(text, {.storages = {{"store", place}}}); });
  read([&] { return affix::import_carrierwave(text, {.place = place, .store_dir = "uploads"}); });
  read([&] { return affix::import_carrierwave_list(text, {.place = place}); });
  read([&] { return affix::import_bknd({.path = "a.png", .metadata = text}, {.place = place}); });
  read([&] {
    return affix::import_spatie({.id = "1",
                                 .file_name = "a.png",
                                 .disk = "public",
                                 .generated_conversions = text,
                                 .responsive_images = text},
                                {.disks = {{"public", place}}});
  });
  return 0;
}
