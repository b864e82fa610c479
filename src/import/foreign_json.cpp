#include "import/foreign_json.hpp"

#include <utility>

#include "affix/value/json.hpp"
#include "value/json_error.hpp"
#include "value/json_object_reader.hpp"
#include "value/json_tree.hpp"

namespace affix::detail {
namespace {

/// Turns the events of `nlohmann::json::sax_parse` into a tree. It throws what is wrong.
class TreeReader {
 public:
  nlohmann::json take() { return std::move(root_); }
  std::string path() const { return tree_.path(); }

  // The interface that nlohmann::json asks for.
  bool null() { return scalar(nullptr); }
  bool boolean(bool value) { return scalar(value); }
  bool number_integer(std::int64_t number) { return scalar(number); }
  bool number_unsigned(std::uint64_t number) { return scalar(number); }
  bool number_float(double number, const std::string&) { return scalar(number); }
  bool string(const std::string& text) {
    check_text(text);
    return scalar(text);
  }
  bool binary(const nlohmann::json::binary_t&) { throw wrong_type(); }
  bool start_object(std::size_t) { return open(nlohmann::json::object()); }
  bool start_array(std::size_t) { return open(nlohmann::json::array()); }
  bool key(const std::string& name) {
    check_text(name);
    tree_.key(name);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    throw invalid_document("The text is not valid JSON", error.what());
  }

 private:
  static void check_text(const std::string& text) {
    if (text.find('\0') != std::string::npos) throw invalid_document("A text contains U+0000");
  }

  bool scalar(nlohmann::json value) {
    if (tree_.is_open()) {
      tree_.add(std::move(value));
    } else {
      root_ = std::move(value);
    }
    return true;
  }

  bool open(nlohmann::json container) {
    if (tree_.is_open()) {
      tree_.open(std::move(container));
    } else {
      tree_.open_root(root_, std::move(container), document_depth);
    }
    return true;
  }

  bool close() {
    tree_.close();
    return true;
  }

  nlohmann::json root_;
  JsonTree tree_;
};

std::optional<std::int64_t> whole_number(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return whole(value.get<std::uint64_t>());
  if (value.is_number_integer()) return whole(value.get<std::int64_t>());
  if (value.is_number_float()) return whole(value.get<double>());
  return {};
}

}  // namespace

nlohmann::json parse_foreign_json(std::string_view text) {
  if (text.size() > json_max_bytes) throw invalid_document("The document is too large");
  // The parser takes a NUL for the end of the text and would not see what follows it.
  if (text.find('\0') != std::string_view::npos) {
    throw invalid_document("The text contains a NUL byte");
  }
  TreeReader reader;
  try {
    nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader);
  } catch (const Error& error) {
    throw below(reader.path(), error);
  }
  return reader.take();
}

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
  return ForeignObject(parse_foreign_json(*text));
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
