#include "connection_error.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "affix/soci/database_error.hpp"
#include "session_failure.hpp"

namespace affix::detail {
namespace {

/// The options whose values an administrator needs to see. All else may be a password, also what
/// stands behind a password with a blank in it.
constexpr std::array harmless = {"host",        "hostaddr", "port",   "user",   "uid",
                                 "db",          "database", "dbname", "driver", "server",
                                 "unix_socket", "charset",  "service"};

/// Calls `use` with each part between the separators, until it returns true.
template <class Use>
bool any_part(std::string_view text, std::string_view separators, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (use(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool is_harmless(std::string_view option) {
  std::string key(option.substr(0, option.find('=')));
  for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return option.find('=') != option.npos && std::ranges::find(harmless, key) != harmless.end();
}

/// Shorter parts are no secrets, and would be found in every text.
bool repeats_part(std::string_view words, std::string_view secret) {
  constexpr std::size_t shortest = 4;
  return any_part(secret, "=:@/?&'\"{}", [&](std::string_view part) {
    return part.size() >= shortest && words.find(part) != words.npos;
  });
}

/// What may be secret of an option: its value, or all of what is no option but an address, which
/// has a password in front of its own options: `postgresql://user:password@host/db?name=value`.
std::string_view secret_of(std::string_view option) {
  const std::size_t end = option.find('=');
  const bool address = option.substr(0, end).find_first_of(":/@?") != option.npos;
  return end == option.npos || address ? option : option.substr(end + 1);
}

bool repeats_secret(std::string_view words, std::string_view connect_string) {
  return any_part(connect_string, " \t\r\n;", [&](std::string_view option) {
    return !is_harmless(option) && repeats_part(words, secret_of(option));
  });
}

}  // namespace

Error connection_error(const std::exception& error, std::string_view connect_string) {
  std::string cause = cause_of(error);
  if (repeats_secret(cause, connect_string)) {
    cause = name(classify(error));
    cause += ": the words are left out, since they repeat the connection string";
  }
  return Error(Errc::database, "No connection to the database could be opened", {}, cause);
}

}  // namespace affix::detail
