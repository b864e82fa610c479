#include "affix/import/imported.hpp"

namespace affix {

std::string_view name(ImportWarningKind kind) noexcept {
  switch (kind) {
    case ImportWarningKind::unknown_size:
      return "unknown_size";
    case ImportWarningKind::wrong_size:
      return "wrong_size";
    case ImportWarningKind::guessed_type:
      return "guessed_type";
    case ImportWarningKind::unknown_time:
      return "unknown_time";
    case ImportWarningKind::shared_file:
      return "shared_file";
    case ImportWarningKind::temporary_file:
      return "temporary_file";
    case ImportWarningKind::dropped_variant:
      return "dropped_variant";
  }
  return "unknown";
}

}  // namespace affix
