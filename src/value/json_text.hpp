#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

// The smallest parts of a printed document. All of them append to `json` and throw
// `Errc::invalid_argument` for what has no stored form.

namespace affix::detail {

/// A string with its quotes. It must be UTF-8 without U+0000.
void write_text(std::string& json, std::string_view text);

void write_number(std::string& json, std::int64_t number);
void write_number(std::string& json, std::uint64_t number);
/// Shortest digits that read back as the same number, with a sign of being no integer that also
/// survives a database that stores decimals: 1e16 is `10000000000000000.0`.
void write_number(std::string& json, double number);

/// Any JSON, the members of its objects sorted by name. `depth` is that of the value itself.
void write_tree(std::string& json, const nlohmann::json& value, int depth);

}  // namespace affix::detail
