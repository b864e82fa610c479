#include "persistence/marker.hpp"

#include <nlohmann/json.hpp>
#include <span>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr std::size_t max_size = 4096;

std::string read_whole(Reader& reader) {
  std::string text(max_size, '\0');
  std::size_t size = 0;
  while (size < max_size) {
    const std::size_t more = reader.read(std::as_writable_bytes(std::span(text)).subspan(size));
    if (more == 0) break;
    size += more;
  }
  return text.substr(0, size);
}

std::string member(const nlohmann::json& document, const char* name) {
  if (!document.is_object()) return {};
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::optional<Marker> read_marker(const ManagerCore& core, const StoredFiles& files) {
  std::string text;
  try {
    text = read_whole(*core.disk(files.disk).open(core.marker(files)));
  } catch (const Error& error) {
    if (error.code() == Errc::file_not_found) return std::nullopt;
    throw;
  }
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const std::string prefix = member(document, "prefix");
  const auto started = parse_time(member(document, "startedAt"));
  if (!started || !Key::is_valid(prefix) || Key::parse(prefix).is_reserved() ||
      Key::parse(prefix).file_name() != files.id) {
    throw Error(Errc::invalid_document, "The marker of an upload cannot be read",
                {.disk = files.disk, .key = core.marker(files).text()});
  }
  return Marker{{files.id, files.disk, Key::parse(prefix)}, *started};
}

}  // namespace affix::detail
