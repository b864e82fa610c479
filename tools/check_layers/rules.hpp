#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "scan.hpp"

namespace affix::tools {

/// What is wrong with an `#include`, as a sentence; nothing if it may stand where it stands.
/// The rules, each with its own sentence:
///
/// - a layer uses the ones below it and itself, never one above; the table in rules.cpp says which;
/// - only the serializers and the layers from persistence upwards include SOCI;
/// - a public header includes no private header, and not libvips, OpenSSL, libmagic or Boost.Uuid;
/// - a header of the value layer includes the standard library and nlohmann_json, nothing else;
/// - an example includes no private header;
/// - only testing includes testing;
/// - every folder has a layer.
std::optional<std::string> objection(const Include& include, const std::filesystem::path& root);

}  // namespace affix::tools
