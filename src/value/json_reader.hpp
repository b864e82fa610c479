#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "affix/value/attachment.hpp"
#include "value/json_object_reader.hpp"
#include "value/json_tree.hpp"

namespace affix::detail {

/// What the outermost value of a text is.
enum class Root { attachment, list };

/// Turns the events of `nlohmann::json::sax_parse` into attachments. It throws what is wrong, so
/// that every event function returns true; `placed` adds where it was.
class Reader {
 public:
  explicit Reader(Root root);

  std::vector<Attachment> take_items() { return std::move(items_); }
  /// The error with `where().member` completed by where the reader is.
  Error placed(const Error& error) const;

  // The interface that nlohmann::json asks for.
  bool null();
  bool boolean(bool value);
  bool number_integer(std::int64_t number);
  bool number_unsigned(std::uint64_t number);
  bool number_float(double number, const std::string& text);
  bool string(const std::string& text);
  bool binary(const nlohmann::json::binary_t& bytes);
  bool start_object(std::size_t size);
  bool key(const std::string& name);
  bool end_object();
  bool start_array(std::size_t size);
  bool end_array();
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error);

 private:
  /// The innermost open container that is not part of a `JsonTree`.
  enum class Level { outside, list, attachment, variants, variant };

  template <class Scalar>
  bool scalar(const Scalar& value);
  void begin_attachment();
  void begin_variant();
  void finish_attachment();
  void take_foreign_form();
  void open_free(nlohmann::json container);
  void check_text(const std::string& text);
  void count(std::size_t bytes);

  Root root_;
  Level level_ = Level::outside;
  std::vector<Attachment> items_;
  ObjectReader<Attachment> attachment_;
  ObjectReader<Variant> variant_;
  std::string variant_name_;
  JsonTree tree_;
  std::size_t item_bytes_ = 0;
};

}  // namespace affix::detail
