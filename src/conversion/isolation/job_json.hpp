#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "affix/conversion/converter.hpp"
#include "affix/conversion/vips_converter.hpp"

// What the library and its program `affix-convert` tell each other. Both are of one build.

namespace affix::detail {

/// The presets of a job, the limits for its file and its type; not its bytes.
nlohmann::json print_job(const ConversionJob& job, const VipsConverterOptions& limits);

/// For a file that is only to be inspected.
nlohmann::json print_inspection_job(std::string_view mime_type, const VipsConverterOptions& limits);

struct ParsedJob {
  bool is_inspection = false;
  std::string mime_type{};
  std::vector<Preset> presets{};
  PreviewOptions previews{};
  VipsConverterOptions limits{};
};
/// Throws `Errc::unsupported` for the job of another version, and what the JSON library throws.
ParsedJob parse_job(const nlohmann::json& document);

/// What became of the preset with this index; not its bytes.
nlohmann::json print_variant(std::size_t index, const MadeVariant& variant);

/// Which of so many presets it is. Throws as `parse_variant`.
std::size_t parse_index(const nlohmann::json& document, std::size_t count);

/// What became of a preset, as a process says that may have been taken over by what it has read:
/// the preset itself, its name and its digest come from the caller. Throws what the JSON library
/// throws, and `std::runtime_error`.
MadeVariant parse_variant(const nlohmann::json& document, std::string bytes, const Preset& preset);

/// All of a conversion but its variants.
nlohmann::json print_previews(const Conversion& conversion);
/// A conversion without its variants. Throws what the JSON library throws, and
/// `std::runtime_error`.
Conversion parse_previews(const nlohmann::json& document);

nlohmann::json print_inspection(const Inspection& inspection);
/// Throws what the JSON library throws, and `std::runtime_error`.
Inspection parse_inspection(const nlohmann::json& document);

nlohmann::json print_error(const Error& error);
/// The words of the other process become the cause.
Error parse_error(const nlohmann::json& document);

}  // namespace affix::detail
