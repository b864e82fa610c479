#include "affix/persistence/row_key.hpp"

namespace affix {

std::string RowKey::text() const {
  if (const auto* number = std::get_if<long long>(&value_)) return std::to_string(*number);
  return std::get<std::string>(value_);
}

}  // namespace affix
