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

std::optional<std::string> member(const nlohmann::json& document, const char* name) {
  if (!document.is_object()) return std::nullopt;
  const auto found = document.find(name);
  if (found == document.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// The prefix of an id's files in a folder, if it is none of affix' own.
std::optional<Key> prefix_in(const std::optional<std::string>& folder, const std::string& id) {
  if (!folder) return std::nullopt;
  const std::string prefix = folder->empty() ? id : *folder + "/" + id;
  if (!Key::is_valid(prefix) || Key::parse(prefix).is_reserved()) return std::nullopt;
  return Key::parse(prefix);
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
  const auto prefix = prefix_in(member(document, "folder"), files.id);
  const auto started = parse_time(member(document, "startedAt").value_or(""));
  if (!started || !prefix) {
    throw Error(Errc::invalid_document, "The marker of an upload cannot be read",
                {.disk = files.disk, .key = core.marker(files).text()});
  }
  return Marker{{files.id, files.disk, *prefix}, *started};
}

}  // namespace affix::detail
