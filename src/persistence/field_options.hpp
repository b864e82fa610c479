#pragma once

#include <string>
#include <vector>

#include "affix/persistence/column_field.hpp"

namespace affix::detail {

inline std::vector<std::string> texts(const NameList& names) {
  return {names.begin(), names.end()};
}

/// What the caller left empty is the field's.
template <class Field>
CreateOptions with_defaults(CreateOptions options, const Field& field) {
  if (options.disk.empty()) options.disk = field.disk;
  if (options.variants.empty()) options.variants = texts(field.variants);
  if (options.accepts.empty()) options.accepts = texts(field.accepts);
  if (options.max_size == 0) options.max_size = field.max_size;
  return options;
}

}  // namespace affix::detail
