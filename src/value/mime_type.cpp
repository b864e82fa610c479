#include "affix/value/mime_type.hpp"

#include <algorithm>
#include <string>

namespace affix {
namespace {

struct TypeAndExtension {
  std::string_view type;
  std::string_view extension;
};

/// The first row of a type has its usual extension, the first row of an extension its type; the
/// rows below are other spellings.
constexpr TypeAndExtension table[] = {
    // images
    {"image/jpeg", "jpg"},
    {"image/png", "png"},
    {"image/gif", "gif"},
    {"image/webp", "webp"},
    {"image/avif", "avif"},
    {"image/heic", "heic"},
    {"image/heif", "heif"},
    {"image/tiff", "tiff"},
    {"image/bmp", "bmp"},
    {"image/svg+xml", "svg"},
    {"image/vnd.microsoft.icon", "ico"},
    {"image/jxl", "jxl"},
    {"image/jp2", "jp2"},
    {"image/vnd.adobe.photoshop", "psd"},
    {"image/jpeg", "jpeg"},
    {"image/jpeg", "jpe"},
    {"image/jpg", "jpg"},
    {"image/pjpeg", "jpg"},
    {"image/tiff", "tif"},
    {"image/x-ms-bmp", "bmp"},
    {"image/x-icon", "ico"},
    {"image/apng", "png"},
    // video
    {"video/mp4", "mp4"},
    {"video/webm", "webm"},
    {"video/ogg", "ogv"},
    {"video/quicktime", "mov"},
    {"video/x-matroska", "mkv"},
    {"video/x-msvideo", "avi"},
    {"video/mpeg", "mpeg"},
    {"video/3gpp", "3gp"},
    {"video/x-flv", "flv"},
    {"video/x-ms-wmv", "wmv"},
    {"video/mp4", "m4v"},
    {"video/mpeg", "mpg"},
    // audio
    {"audio/mpeg", "mp3"},
    {"audio/mp4", "m4a"},
    {"audio/aac", "aac"},
    {"audio/ogg", "ogg"},
    {"audio/opus", "opus"},
    {"audio/flac", "flac"},
    {"audio/wav", "wav"},
    {"audio/webm", "weba"},
    {"audio/midi", "mid"},
    {"audio/aiff", "aiff"},
    {"audio/ogg", "oga"},
    {"audio/x-m4a", "m4a"},
    {"audio/x-wav", "wav"},
    {"audio/x-flac", "flac"},
    // documents
    {"application/pdf", "pdf"},
    {"application/msword", "doc"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"application/vnd.ms-powerpoint", "ppt"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
    {"application/vnd.oasis.opendocument.text", "odt"},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods"},
    {"application/vnd.oasis.opendocument.presentation", "odp"},
    {"application/rtf", "rtf"},
    {"application/epub+zip", "epub"},
    {"application/postscript", "ps"},
    {"text/rtf", "rtf"},
    // archives
    {"application/zip", "zip"},
    {"application/gzip", "gz"},
    {"application/x-tar", "tar"},
    {"application/x-bzip2", "bz2"},
    {"application/x-xz", "xz"},
    {"application/zstd", "zst"},
    {"application/x-7z-compressed", "7z"},
    {"application/vnd.rar", "rar"},
    {"application/x-rar", "rar"},
    {"application/x-gzip", "gz"},
    // text and data
    {"text/plain", "txt"},
    {"text/html", "html"},
    {"text/css", "css"},
    {"text/csv", "csv"},
    {"text/markdown", "md"},
    {"text/calendar", "ics"},
    {"text/vcard", "vcf"},
    {"text/javascript", "js"},
    {"application/json", "json"},
    {"application/xml", "xml"},
    {"application/yaml", "yaml"},
    {"application/wasm", "wasm"},
    {"application/octet-stream", "bin"},
    {"application/javascript", "js"},
    {"application/xhtml+xml", "xhtml"},
    {"text/xml", "xml"},
    {"text/html", "htm"},
    {"text/javascript", "mjs"},
    {"application/yaml", "yml"},
    // fonts
    {"font/woff2", "woff2"},
    {"font/woff", "woff"},
    {"font/ttf", "ttf"},
    {"font/otf", "otf"},
};

constexpr std::string_view spaces = " \t\r\n";

bool is_token_character(char character) {
  constexpr std::string_view special = "()<>@,;:\\\"/[]?=";
  return character > ' ' && character < 0x7F && special.find(character) == std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 32);
  }
  return result;
}

}  // namespace

std::string normalize_type(std::string_view text) {
  const std::string_view type = trim(text.substr(0, text.find(';')));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return {};
  if (!is_token(type.substr(0, slash)) || !is_token(type.substr(slash + 1))) return {};
  return lower(type);
}

std::string_view extension_for_type(std::string_view mime_type) {
  const auto* row = std::ranges::find(table, normalize_type(mime_type), &TypeAndExtension::type);
  return row == std::end(table) ? "bin" : row->extension;
}

std::string_view type_for_extension(std::string_view extension) {
  if (extension.starts_with('.')) extension.remove_prefix(1);
  const auto* row = std::ranges::find(table, lower(extension), &TypeAndExtension::extension);
  return row == std::end(table) ? std::string_view() : row->type;
}

}  // namespace affix
