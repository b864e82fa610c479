#include "value/any_json.hpp"

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

}  // namespace

nlohmann::json parse_any_json(std::string_view text) {
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

}  // namespace affix::detail
