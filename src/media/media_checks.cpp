#include "media/media_checks.hpp"

#include <algorithm>
#include <tuple>

#include "affix/value/error.hpp"
#include "affix/value/json.hpp"
#include "media/media_documents.hpp"
#include "value/json_error.hpp"
#include "value/utf8.hpp"

namespace affix::detail {
namespace {

struct Text {
  const char* member;
  const std::string& text;
  std::size_t width;
};

void check(const Text& value) {
  const auto refuse = [&](std::string_view message) {
    throw Error(Errc::invalid_argument, message, {.member = value.member});
  };
  if (value.text.find('\0') != value.text.npos) refuse("A text contains U+0000");
  if (!is_utf8(value.text)) refuse("A text is not valid UTF-8");
  const auto starts_character = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  };
  const auto characters = std::ranges::count_if(value.text, starts_character);
  if (static_cast<std::size_t>(characters) > value.width) {
    refuse("A text is too long for the media table");
  }
}

}  // namespace

void check_place(const MediaPlace& place) {
  check({"ownerType", place.owner.type, MediaWidths::owner});
  check({"ownerId", place.owner.id, MediaWidths::owner});
  check({"collection", place.collection, MediaWidths::owner});
}

void check_name(const std::string& name) { check({"name", name, MediaWidths::name}); }

void check_record(const MediaRecord& record) {
  const Attachment& attachment = record.attachment;
  static_cast<void>(print(attachment));
  check_place(record.place);
  for (const Text& text : {Text{"name", attachment.name, MediaWidths::name},
                           Text{"fileName", attachment.file_name, MediaWidths::name},
                           Text{"mimeType", attachment.mime_type, MediaWidths::mime_type},
                           Text{"disk", attachment.disk, MediaWidths::disk},
                           Text{"path", attachment.path, MediaWidths::path},
                           Text{"checksum", attachment.checksum, MediaWidths::checksum},
                           Text{"placeholder", attachment.placeholder, MediaWidths::name}}) {
    check(text);
  }
  try {
    static_cast<void>(print_object(record.custom_properties));
  } catch (const Error& error) {
    throw below("customProperties", error);
  }
}

bool PlaceOrder::operator()(const MediaPlace& a, const MediaPlace& b) const {
  return std::tie(a.owner.type, a.owner.id, a.collection) <
         std::tie(b.owner.type, b.owner.id, b.collection);
}

}  // namespace affix::detail
