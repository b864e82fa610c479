#include "import/foreign_json.hpp"

#include <utility>

#include "affix/value/json.hpp"
#include "value/any_json.hpp"
#include "value/json_error.hpp"
#include "value/json_object_reader.hpp"

namespace affix::detail {
namespace {

std::optional<std::int64_t> whole_number(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return whole(value.get<std::uint64_t>());
  if (value.is_number_integer()) return whole(value.get<std::int64_t>());
  if (value.is_number_float()) return whole(value.get<double>());
  return {};
}

}  // namespace

bool is_nothing(std::string_view text) noexcept {
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return true;
  text = text.substr(first, text.find_last_not_of(spaces) - first + 1);
  return text == "null" || text == "[]";
}

bool has_text(const nlohmann::json& value, std::string_view name) {
  if (!value.is_object()) return false;
  const auto found = value.find(name);
  return found != value.end() && found->is_string() &&
         !found->get_ref<const std::string&>().empty();
}

ForeignObject::ForeignObject(nlohmann::json value) : object_(std::move(value)) {
  if (object_.is_null() || (object_.is_array() && object_.empty())) {
    object_ = nlohmann::json::object();
  }
  if (!object_.is_object()) throw invalid_document("The document is no object");
}

ForeignObject ForeignObject::parse(const std::optional<std::string>& text) {
  if (!text || is_nothing(*text)) return ForeignObject(nullptr);
  return ForeignObject(parse_any_json(*text));
}

std::optional<std::string> ForeignObject::text(std::string_view name) {
  if (!has_text(object_, name)) return {};
  return take(name).get<std::string>();
}

std::string ForeignObject::required_text(std::string_view name) {
  auto found = text(name);
  if (found) return *std::move(found);
  throw Error(Errc::invalid_document, "A member is missing, empty, or no text",
              {.member = std::string(name)});
}

std::optional<std::int64_t> ForeignObject::number(std::string_view name) {
  const auto found = object_.find(name);
  if (found == object_.end()) return {};
  const auto number = whole_number(*found);
  if (!number || *number < 0) return {};
  object_.erase(found);
  return number;
}

nlohmann::json ForeignObject::take(std::string_view name) {
  const auto found = object_.find(name);
  if (found == object_.end()) return nullptr;
  nlohmann::json taken = std::move(*found);
  object_.erase(found);
  return taken;
}

nlohmann::json ForeignObject::rest() && {
  for (auto member = object_.begin(); member != object_.end();) {
    member = member->is_null() ? object_.erase(member) : std::next(member);
  }
  return std::move(object_);
}

}  // namespace affix::detail
