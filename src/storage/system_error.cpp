#include "storage/system_error.hpp"

#include <cerrno>
#include <system_error>

#include "affix/value/error.hpp"

namespace affix::detail {

void throw_system_error(int number, std::string_view message) {
  const bool full = number == ENOSPC || number == EDQUOT;
  throw Error(full ? Errc::no_space : Errc::storage, full ? "The disk is full" : message, {},
              std::generic_category().message(number));
}

}  // namespace affix::detail
