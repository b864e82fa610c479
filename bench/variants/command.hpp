#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// How programs are called that make one variant of one file. Requests and variants are those of
// workers.hpp.

namespace affix::bench {

/// The words of the call for one variant.
using MakeCommand = std::vector<std::string> (*)(const nlohmann::json& request,
                                                 const nlohmann::json& variant);

/// Of `vipsthumbnail` or `imagemagick`; throws `std::invalid_argument` for another program.
MakeCommand command_of(std::string_view program);

/// Where the file of a variant goes.
std::filesystem::path output_of(const nlohmann::json& request, const nlohmann::json& variant);

}  // namespace affix::bench
