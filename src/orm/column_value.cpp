#include "affix/orm/column_value.hpp"

#include <cmath>

#include "value/any_json.hpp"

namespace affix {

namespace {

void require_text(const std::string& text) {
  if (text.find('\0') == std::string::npos) return;
  throw Error(Errc::invalid_argument, "A JSON document has a text with U+0000");
}

void require_readable(const nlohmann::json& value, int depth) {
  if (value.is_structured()) {
    if (depth > json_max_depth) {
      throw Error(Errc::invalid_argument, "A JSON document is nested too deeply");
    }
    for (auto member = value.begin(); member != value.end(); ++member) {
      if (value.is_object()) require_text(member.key());
      require_readable(*member, depth + 1);
    }
  } else if (value.is_string()) {
    require_text(value.get_ref<const std::string&>());
  } else if (value.is_binary() ||
             (value.is_number_float() && !std::isfinite(value.get<double>()))) {
    throw Error(Errc::invalid_argument, "A JSON document has a value that is not JSON");
  }
}

}  // namespace

ColumnValue ColumnTraits<nlohmann::json>::to_value(const nlohmann::json& value) {
  require_readable(value, 1);
  try {
    std::string text = value.dump();
    if (text.size() <= json_max_bytes) return text;
    throw Error(Errc::invalid_argument, "A JSON document is too large");
  } catch (const nlohmann::json::exception& error) {
    throw Error(Errc::invalid_argument, "A JSON document has a text that is not UTF-8", {},
                error.what());
  }
}

nlohmann::json ColumnTraits<nlohmann::json>::from_value(ColumnValue&& value) {
  return detail::parse_any_json(std::get<std::string>(value));
}

}  // namespace affix
