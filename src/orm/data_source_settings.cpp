#include "affix/orm/data_source_settings.hpp"

#include <charconv>
#include <cstdlib>
#include <string>

#include "affix/value/error.hpp"

namespace affix {
namespace {

int port_of(const std::string& text, const std::string& variable) {
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec == std::errc() && read.ptr == end && port > 0 && port <= 65535) return port;
  throw Error(Errc::invalid_argument, "A variable of the environment is no port",
              {.member = variable});
}

}  // namespace

DataSourceSettings settings_from_environment(std::string_view prefix, DataSourceSettings defaults) {
  std::string variable;
  const auto text = [&](std::string_view name, std::string otherwise) {
    variable = prefix;
    variable += name;
    const char* const value = std::getenv(variable.c_str());
    return value != nullptr && *value != '\0' ? std::string(value) : std::move(otherwise);
  };
  const std::string port = text("PORT", "");
  if (!port.empty()) defaults.port = port_of(port, variable);
  defaults.backend = text("BACKEND", std::move(defaults.backend));
  defaults.host = text("HOST", std::move(defaults.host));
  defaults.database = text("DATABASE", std::move(defaults.database));
  defaults.user = text("USER", std::move(defaults.user));
  defaults.password = text("PASSWORD", std::move(defaults.password));
  defaults.file = text("FILE", std::move(defaults.file));
  defaults.options = text("OPTIONS", std::move(defaults.options));
  return defaults;
}

}  // namespace affix
