#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "affix/orm/filter.hpp"

namespace affix::tests {

/// What a generated condition can ask of something.
enum class Kind {
  text,    ///< Any text: equality and patterns.
  digits,  ///< Texts of digits, whose order every collation knows.
  number,
  boolean,
  time,
  array,  ///< A JSON array as a whole.
  file,   ///< Whether it is there.
};

/// A column, or a part of one.
struct Subject {
  std::string column;
  std::vector<std::string> path{};
  Kind kind = Kind::text;
  std::vector<nlohmann::json> values{};  ///< Of rows, and others of its kind.
  enum class Order { none, possible } order = Order::none;
};

/// What filters are made of.
struct Vocabulary {
  std::vector<Subject> subjects{};
  /// Relations and collections, each with the subjects of its rows.
  std::vector<std::pair<std::string, std::vector<Subject>>> related{};
};

/// A filter, and by which spelling of it in JSON it is tried.
struct GeneratedFilter {
  detail::FilterNode node{};
  std::uint32_t spelling = 0;
};

/// Conditions up to four levels deep.
rc::Gen<GeneratedFilter> filters(const Vocabulary& vocabulary);

/// The filter in JSON. Operators that have several spellings get one or the other.
nlohmann::json spelled(const GeneratedFilter& filter);

void showValue(const GeneratedFilter& filter, std::ostream& stream);

}  // namespace affix::tests
