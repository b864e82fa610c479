#pragma once

#include <functional>
#include <optional>

#include "affix/value/error.hpp"

namespace affix::tests {

/// The affix::Error that `action` throws; nothing if it throws none. Other exceptions pass.
template <class Action>
std::optional<Error> error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// Its code; nothing if nothing was thrown.
template <class Action>
std::optional<Errc> code_of(Action action) {
  const std::optional<Error> error = error_of(action);
  return error ? std::optional(error->code()) : std::nullopt;
}

}  // namespace affix::tests
