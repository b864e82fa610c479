#include "affix/conversion/content_type.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "affix/value/error.hpp"
#include "affix/value/mime_type.hpp"

namespace affix {
namespace {

constexpr std::size_t max_examined = 64 * 1024;
constexpr std::string_view unknown_type = "application/octet-stream";

// Unpacking is never done, and an ELF file is named by its signature without walking its sections.
constexpr int magic_flags = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF;

struct Close {
  void operator()(magic_set* cookie) const { magic_close(cookie); }
};
using Cookie = std::unique_ptr<magic_set, Close>;

void limit(magic_set* cookie, int parameter, std::size_t value) {
  magic_setparam(cookie, parameter, &value);
}

Cookie open_cookie() {
  Cookie cookie(magic_open(magic_flags));
  if (!cookie) throw Error(Errc::unsupported, "libmagic cannot be started.");
  if (magic_load(cookie.get(), nullptr) != 0) {
    const char* reason = magic_error(cookie.get());
    throw Error(Errc::unsupported, "The database of libmagic cannot be loaded", {},
                reason ? reason : "");
  }
  limit(cookie.get(), MAGIC_PARAM_BYTES_MAX, max_examined);
  limit(cookie.get(), MAGIC_PARAM_INDIR_MAX, 8);
  limit(cookie.get(), MAGIC_PARAM_NAME_MAX, 40);
  limit(cookie.get(), MAGIC_PARAM_REGEX_MAX, 4096);
  return cookie;
}

/// The usual name for a type that libmagic calls otherwise.
std::string_view usual_name(std::string_view type) {
  using Alias = std::pair<std::string_view, std::string_view>;
  static constexpr auto aliases = std::to_array<Alias>({
      {"application/ogg", "audio/ogg"},
      {"application/x-empty", unknown_type},
      {"application/x-gzip", "application/gzip"},
      {"application/x-rar", "application/vnd.rar"},
      {"application/x-javascript", "text/javascript"},
      {"application/javascript", "text/javascript"},
      {"application/x-zip", "application/zip"},
      {"audio/vnd.wave", "audio/wav"},
      {"audio/x-aiff", "audio/aiff"},
      {"audio/x-flac", "audio/flac"},
      {"audio/x-hx-aac-adif", "audio/aac"},
      {"audio/x-hx-aac-adts", "audio/aac"},
      {"audio/x-m4a", "audio/mp4"},
      {"audio/x-midi", "audio/midi"},
      {"audio/x-wav", "audio/wav"},
      {"image/heic-sequence", "image/heic"},
      {"image/heif-sequence", "image/heif"},
      {"image/svg", "image/svg+xml"},
      {"image/x-icon", "image/vnd.microsoft.icon"},
      {"image/x-award-bmp", "image/bmp"},
      {"image/x-bmp", "image/bmp"},
      {"image/x-ms-bmp", "image/bmp"},
      {"inode/x-empty", unknown_type},
      {"text/rtf", "application/rtf"},
      {"text/xml", "application/xml"},
      {"video/x-m4v", "video/mp4"},
  });
  const auto found = std::find_if(aliases.begin(), aliases.end(),
                                  [type](const Alias& alias) { return alias.first == type; });
  if (found != aliases.end()) return found->second;
  return type.starts_with("text/x-") ? "text/plain" : type;
}

enum class Kind { picture, drawing, recording, pdf, other };

/// What a claim about `type` promises. A drawing is a text that a browser may run, so it does not
/// pass for a picture of pixels.
Kind kind_of(std::string_view type) {
  if (type == "image/svg+xml") return Kind::drawing;
  if (type == "application/pdf") return Kind::pdf;
  if (type.starts_with("image/")) return Kind::picture;
  if (type.starts_with("audio/") || type.starts_with("video/")) return Kind::recording;
  return Kind::other;
}

}  // namespace

std::string detect_type(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::string(unknown_type);
  thread_local const Cookie cookie = open_cookie();
  const char* found =
      magic_buffer(cookie.get(), bytes.data(), std::min(bytes.size(), max_examined));
  const std::string type = normalize_type(found ? found : "");
  return std::string(type.empty() ? unknown_type : usual_name(type));
}

bool is_plausible(std::string_view claimed, std::string_view found) {
  const std::string found_type = normalize_type(found);
  const Kind claimed_kind = kind_of(usual_name(normalize_type(claimed)));
  const Kind found_kind = kind_of(usual_name(found_type));
  if (claimed_kind == Kind::other) return true;
  if (claimed_kind == Kind::drawing) {
    return found_kind == Kind::drawing || found_kind == Kind::picture ||
           usual_name(found_type) == "application/xml";
  }
  return claimed_kind == found_kind;
}

}  // namespace affix
