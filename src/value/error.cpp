#include "affix/value/error.hpp"

#include <utility>

#include "value/escape.hpp"

namespace affix {
namespace {

struct NamedPlace {
  std::string_view name;
  std::string Where::*text;
};

constexpr NamedPlace places[] = {
    {"disk", &Where::disk},       {"key", &Where::key},       {"attachment", &Where::attachment},
    {"variant", &Where::variant}, {"member", &Where::member}, {"table", &Where::table},
    {"column", &Where::column},   {"row", &Where::row},
};

std::string describe(const Where& where) {
  std::string text;
  for (const NamedPlace& place : places) {
    const std::string& value = where.*place.text;
    if (value.empty()) continue;
    text += text.empty() ? " (" : ", ";
    text.append(place.name).append("=").append(detail::escape(value));
  }
  return text.empty() ? text : text + ")";
}

std::string describe(Errc code, std::string_view message, const Where& where,
                     std::string_view cause) {
  std::string text(name(code));
  text.append(": ").append(message).append(describe(where));
  if (!cause.empty()) text.append(": ").append(detail::escape(cause));
  return text;
}

}  // namespace

std::string_view name(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return "MEDIA_INVALID_ARGUMENT";
    case Errc::invalid_state:
      return "MEDIA_INVALID_STATE";
    case Errc::invalid_key:
      return "MEDIA_INVALID_KEY";
    case Errc::invalid_name:
      return "MEDIA_INVALID_NAME";
    case Errc::invalid_document:
      return "MEDIA_INVALID_DOCUMENT";
    case Errc::newer_format:
      return "MEDIA_NEWER_FORMAT";
    case Errc::invalid_content:
      return "MEDIA_INVALID_CONTENT";
    case Errc::type_not_allowed:
      return "MEDIA_MIME_NOT_ALLOWED";
    case Errc::too_large:
      return "MEDIA_TOO_LARGE";
    case Errc::file_not_found:
      return "MEDIA_FILE_NOT_FOUND";
    case Errc::record_not_found:
      return "MEDIA_RECORD_NOT_FOUND";
    case Errc::range_not_satisfiable:
      return "MEDIA_RANGE_NOT_SATISFIABLE";
    case Errc::exists:
      return "MEDIA_EXISTS";
    case Errc::unknown_disk:
      return "MEDIA_UNKNOWN_DISK";
    case Errc::unknown_variant:
      return "MEDIA_CONVERSION_NOT_DEFINED";
    case Errc::converter_missing:
      return "MEDIA_IMAGE_PROCESSOR_MISSING";
    case Errc::conversion_failed:
      return "MEDIA_CONVERSION_FAILED";
    case Errc::unsupported:
      return "MEDIA_UNSUPPORTED_OP";
    case Errc::conflict:
      return "MEDIA_CONFLICT";
    case Errc::gone:
      return "MEDIA_GONE";
    case Errc::in_doubt:
      return "MEDIA_IN_DOUBT";
    case Errc::no_space:
      return "MEDIA_NO_SPACE";
    case Errc::storage:
      return "MEDIA_STORAGE";
    case Errc::database:
      return "MEDIA_DATABASE";
  }
  return "MEDIA_UNKNOWN";
}

struct Error::State {
  Errc code;
  std::string message;
  Where where;
  std::string cause;
};

Error::Error(Errc code, std::string_view message, Where where, std::string_view cause)
    : std::runtime_error(describe(code, message, where, cause)),
      state_(std::make_shared<const State>(
          State{code, std::string(message), std::move(where), std::string(cause)})) {}

Errc Error::code() const noexcept { return state_->code; }
const Where& Error::where() const noexcept { return state_->where; }
std::string_view Error::message() const noexcept { return state_->message; }
std::string_view Error::cause() const noexcept { return state_->cause; }

Error Error::with(const Where& more) const {
  Where where = state_->where;
  for (const NamedPlace& place : places) {
    std::string& value = where.*place.text;
    if (value.empty()) value = more.*place.text;
  }
  return {state_->code, state_->message, std::move(where), state_->cause};
}

}  // namespace affix
