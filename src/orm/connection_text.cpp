#include "orm/connection_text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool has_any(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

[[noreturn]] void refuse(const char* member) {
  throw Error(Errc::invalid_argument, "This backend has no way to be told such a value",
              {.member = member});
}

std::string escaped(std::string_view text, std::string_view characters) {
  std::string result;
  for (const char c : text) {
    if (characters.find(c) != characters.npos) result += '\\';
    result += c;
  }
  return result;
}

std::string between(std::string_view left, std::string_view text, std::string_view right) {
  std::string result(left);
  result += text;
  return result += right;
}

/// SOCI goes through the text first: it takes blanks for ends of values, unless these are in double
/// quotes, which it takes away.
std::string for_postgresql(std::string_view value, const char* member) {
  const bool double_quotes = has_any(value, "\"");
  const bool blank = has_any(value, blanks);
  if (!double_quotes && !blank && !has_any(value, "'\\")) return std::string(value);
  if (double_quotes && blank) refuse(member);
  const std::string quoted = between("'", escaped(value, "'\\"), "'");
  return blank ? between("\"", quoted, "\"") : quoted;
}

std::string for_mysql(std::string_view value, const char*) {
  return between("'", escaped(value, "'\\"), "'");
}

/// SOCI ends a value at its double quote, or without one at the next blank. Firebird's client
/// counts the bytes of a value in one byte.
std::string for_firebird(std::string_view value, const char* member) {
  if (value.size() > 255) refuse(member);
  if (!has_any(value, blanks) && value.front() != '"') return std::string(value);
  if (has_any(value, "\"")) refuse(member);
  return between("\"", value, "\"");
}

std::string for_sqlite(std::string_view value, const char* member) {
  if (has_any(value, "\"")) refuse(member);
  return between("\"", value, "\"");
}

/// Drivers cut blanks off, also within braces, and not every one knows that a brace can be doubled.
void require_plain_edges(std::string_view value, const char* member) {
  const bool blank =
      has_any(value.substr(0, 1), blanks) || has_any(value.substr(value.size() - 1), blanks);
  if (blank || has_any(value, "{}")) refuse(member);
}

/// Braces around other values than passwords are not taken away by PostgreSQL's driver.
std::string for_odbc(std::string_view value, const char* member) {
  require_plain_edges(value, member);
  if (has_any(value, ";")) refuse(member);
  return std::string(value);
}

/// In braces nothing has another meaning, such as `%` and `+` have for PostgreSQL's driver.
std::string odbc_password(std::string_view value, const char* member) {
  require_plain_edges(value, member);
  return has_any(value, ";=[]()?*!@%+, \t\n\\'\"") ? between("{", value, "}") : std::string(value);
}

std::string port_text(int port) {
  if (port < 0 || port > 65535) {
    throw Error(Errc::invalid_argument, "A port is a number up to 65535", {.member = "port"});
  }
  return port == 0 ? std::string() : std::to_string(port);
}

/// `name=value` for each value that is there.
class Text {
 public:
  using Quote = std::string (*)(std::string_view value, const char* member);

  Text(Quote quote, char separator) : quote_(quote), separator_(separator) {}

  Text& add(std::string_view name, std::string_view value, const char* member) {
    if (value.find('\0') != value.npos) refuse(member);
    if (value.empty()) return *this;
    return add_as_is(between(name, "=", quote_(value, member)));
  }
  Text& quote_with(Quote quote) {
    quote_ = quote;
    return *this;
  }
  Text& add_as_is(std::string_view part) {
    if (!part.empty() && !text_.empty()) text_ += separator_;
    text_ += part;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  Quote quote_;
  char separator_;
  std::string text_;
};

bool is_socket(const DataSourceSettings& settings) { return settings.host.starts_with('/'); }

const std::string& required(const std::string& value, const char* member) {
  if (!value.empty()) return value;
  throw Error(Errc::invalid_argument, "This backend cannot do without a value", {.member = member});
}

Text sqlite_address(const DataSourceSettings& settings) {
  return Text(for_sqlite, ' ').add("db", required(settings.file, "file"), "file");
}

Text postgresql_address(const DataSourceSettings& settings) {
  return Text(for_postgresql, ' ')
      .add("host", settings.host, "host")
      .add("port", port_text(settings.port), "port")
      .add("dbname", settings.database, "database")
      .add("user", settings.user, "user")
      .add("password", settings.password, "password");
}

Text mysql_address(const DataSourceSettings& settings) {
  return Text(for_mysql, ' ')
      .add(is_socket(settings) ? "unix_socket" : "host", settings.host, "host")
      .add("port", port_text(settings.port), "port")
      .add("db", settings.database, "database")
      .add("user", settings.user, "user")
      .add("password", settings.password, "password");
}

Text firebird_address(const DataSourceSettings& settings) {
  if (is_socket(settings)) refuse("host");
  std::string service = settings.host;
  if (settings.port != 0) service += "/" + port_text(settings.port);
  if (!service.empty()) service += ":";
  service += required(settings.database, "database");
  return Text(for_firebird, ' ')
      .add("service", service, "database")
      .add("user", settings.user, "user")
      .add("password", settings.password, "password");
}

bool has_option(std::string_view options, std::string_view name) {
  const auto is_same = [](char a, char b) { return a == b || (a | 0x20) == b; };
  return std::search(options.begin(), options.end(), name.begin(), name.end(), is_same) !=
         options.end();
}

Text odbc_address(const DataSourceSettings& settings) {
  if (is_socket(settings)) refuse("host");
  if (!has_option(settings.options, "driver=") && !has_option(settings.options, "dsn=")) {
    throw Error(Errc::invalid_argument, "ODBC has to be told a driver or a data source",
                {.member = "options"});
  }
  const std::string& database = settings.file.empty() ? settings.database : settings.file;
  return Text(for_odbc, ';')
      .add("Server", settings.host, "host")
      .add("Port", port_text(settings.port), "port")
      .add("Database", database, settings.file.empty() ? "database" : "file")
      .add("Uid", settings.user, "user")
      .quote_with(odbc_password)
      .add("Pwd", settings.password, "password");
}

/// What a backend makes of the settings, and what it is told without being asked to.
struct Form {
  std::string_view backend;
  Text (*address)(const DataSourceSettings& settings);
  std::string_view option;  ///< With the character that follows its name.
  std::string_view default_value;
};

constexpr Form forms[] = {
    {"sqlite3", sqlite_address, "timeout=", "5"},
    {"postgresql", postgresql_address, {}, {}},
    {"mysql", mysql_address, "charset=", "utf8mb4"},
    {"firebird", firebird_address, "charset=", "UTF8"},
    {"odbc", odbc_address, {}, {}},
};

const Form& form_of(const DataSourceSettings& settings) {
  const auto* const found = std::ranges::find(forms, settings.backend, &Form::backend);
  if (found != std::end(forms)) return *found;
  throw Error(Errc::invalid_argument, "There is no backend of this name", {.member = "backend"});
}

}  // namespace

std::string connection_text(const DataSourceSettings& settings) {
  const Form& form = form_of(settings);
  Text text = form.address(settings);
  if (!has_option(settings.options, form.option)) {
    text.add_as_is(between(form.option, form.default_value, ""));
  }
  return text.add_as_is(settings.options).take();
}

std::string public_connection_text(DataSourceSettings settings) {
  settings.password.clear();
  const Form& form = form_of(settings);
  return between(form.backend, "://", form.address(settings).take());
}

}  // namespace affix::detail
