#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "affix/import/imported.hpp"

namespace affix::tests {

using Warnings = std::vector<ImportWarning>;
using Kind = ImportWarningKind;

/// Whether there is a warning of this kind about this member.
inline bool warns(const Warnings& warnings, Kind kind, const std::string& member) {
  return std::ranges::find(warnings, ImportWarning{kind, member}) != warnings.end();
}

}  // namespace affix::tests
