#include "affix/orm/column_value.hpp"

#include "value/any_json.hpp"

namespace affix {

ColumnValue ColumnTraits<nlohmann::json>::to_value(const nlohmann::json& value) {
  try {
    return value.dump();
  } catch (const nlohmann::json::exception& error) {
    throw Error(Errc::invalid_argument, "A JSON document has a text that is not UTF-8", {},
                error.what());
  }
}

nlohmann::json ColumnTraits<nlohmann::json>::from_value(ColumnValue&& value) {
  return detail::parse_any_json(std::get<std::string>(value));
}

}  // namespace affix
