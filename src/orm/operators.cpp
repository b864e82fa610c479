#include "orm/operators.hpp"

#include <algorithm>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

/// The pattern of LIKE with `!` before what is meant literally.
std::string escaped(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern;
}

std::string like_pattern(Operator kind, const std::string& value) {
  switch (kind) {
    case Operator::starts_with:
      return escaped(value) + '%';
    case Operator::ends_with:
      return '%' + escaped(value);
    case Operator::has_text:
      return '%' + escaped(value) + '%';
    default:
      return value;
  }
}

/// SQLite's LIKE takes A-Z for a-z, GLOB does not.
std::string glob_pattern(std::string_view like) {
  std::string pattern;
  for (std::size_t i = 0; i < like.size(); ++i) {
    char c = like[i];
    const bool literal = c == '!' && i + 1 < like.size();
    if (literal) c = like[++i];
    if (!literal && c == '%') {
      pattern += '*';
    } else if (!literal && c == '_') {
      pattern += '?';
    } else if (c == '*' || c == '?' || c == '[') {
      pattern += '[';
      pattern += c;
      pattern += ']';
    } else {
      pattern += c;
    }
  }
  return pattern;
}

/// `!` stands before `%`, `_` and `!` alone; engines disagree about anything else.
void check_pattern(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '!') continue;
    const char next = i + 1 < pattern.size() ? pattern[++i] : '\0';
    if (next == '%' || next == '_' || next == '!') continue;
    throw Error(Errc::invalid_argument,
                "In a pattern only %, _ and ! may follow an exclamation mark",
                {.member = std::string(pattern)});
  }
}

bool folds_case(Operator kind) {
  return kind == Operator::ilike || kind == Operator::not_ilike || kind == Operator::iregexp;
}

TextMatch regexp_match(const Dialect& dialect, Operator kind, const std::string& operand,
                       const std::string& value) {
  switch (dialect.engine()) {
    case Engine::postgresql:
      return {operand, folds_case(kind) ? " ~* " : " ~ ", {}, value};
    case Engine::mysql:
    case Engine::mariadb:
      // What the column's collation says about case does not count.
      return {operand, " regexp ", {}, (folds_case(kind) ? "(?i)" : "(?-i)") + value};
    default:
      throw Error(Errc::unsupported, "This database has no regular expressions", {},
                  name(dialect.engine()));
  }
}

}  // namespace

TextMatch text_match(const Dialect& dialect, Operator kind, const std::string& operand,
                     const std::string& value) {
  if (kind == Operator::regexp || kind == Operator::iregexp) {
    return regexp_match(dialect, kind, operand, value);
  }
  const bool negated = kind == Operator::not_like || kind == Operator::not_ilike;
  const std::string word = negated ? " not" : "";
  const std::string pattern = like_pattern(kind, value);
  check_pattern(pattern);
  const bool folds = folds_case(kind);
  if (dialect.engine() == Engine::sqlite) {
    if (!folds) return {operand, word + " glob ", {}, glob_pattern(pattern)};
    return {operand, word + " like ", " escape '!'", pattern};
  }
  if (!folds) return {operand, word + " like ", " escape '!'", pattern};
  return {"lower(" + operand + ")", word + " like lower(", ") escape '!'", pattern};
}

std::string wide(const Dialect& dialect, const std::string& parameter, std::size_t bytes) {
  if (dialect.engine() != Engine::firebird) return parameter;
  constexpr std::size_t widest = 8'191;
  const std::size_t characters = std::clamp<std::size_t>(bytes, 1, widest);
  return "cast(" + parameter + " as varchar(" + std::to_string(characters) +
         ") character set utf8)";
}

std::string_view ordering(const Dialect& dialect, bool ascending) {
  if (dialect.engine() == Engine::postgresql || dialect.engine() == Engine::firebird) {
    return ascending ? " asc nulls first" : " desc nulls last";
  }
  return ascending ? " asc" : " desc";
}

std::string as_owner_id(const Dialect& dialect, const std::string& column, bool is_text) {
  if (is_text) return column;
  const bool is_mysql = dialect.engine() == Engine::mysql || dialect.engine() == Engine::mariadb;
  return "cast(" + column + (is_mysql ? " as char(20))" : " as varchar(20))");
}

std::size_t most_items(const Dialect& dialect) {
  return dialect.engine() == Engine::firebird ? 1000 : 5'000;
}

}  // namespace affix::detail
