#include "value/json_reader.hpp"

#include <utility>

#include "affix/value/id.hpp"

namespace affix::detail {
namespace {

template <class Value, class Scalar>
void read_scalar(ObjectReader<Value>& reader, const Scalar& scalar) {
  if (reader.is_unknown()) {
    *reader.free_slot() = scalar;
  } else {
    reader.assign(scalar);
  }
}

template <class Value>
nlohmann::json& free_slot_of(ObjectReader<Value>& reader, const nlohmann::json& container) {
  nlohmann::json* slot = reader.free_slot();
  const bool is_meta = !reader.is_unknown();
  if (slot == nullptr || (is_meta && !container.is_object())) throw wrong_type();
  return *slot;
}

Error unusable(std::string member) {
  return {Errc::invalid_document, "There is no valid id", {.member = std::move(member)}};
}

}  // namespace

Reader::Reader(Root root) : root_(root) {}

Error Reader::placed(const Error& error) const {
  std::string parent;
  if (level_ == Level::list) parent = std::to_string(items_.size());
  if (root_ == Root::list && level_ > Level::list) parent = std::to_string(items_.size() - 1);
  if (level_ >= Level::attachment) parent = join_members(parent, attachment_.name());
  if (level_ >= Level::variants) parent = join_members(parent, variant_name_);
  if (level_ == Level::variant) parent = join_members(parent, variant_.name());
  return below(join_members(parent, tree_.path()), error);
}

bool Reader::null() { return scalar(nullptr); }
bool Reader::boolean(bool value) { return scalar(value); }
bool Reader::number_integer(std::int64_t number) { return scalar(number); }
bool Reader::number_unsigned(std::uint64_t number) { return scalar(number); }
bool Reader::number_float(double number, const std::string&) { return scalar(number); }

bool Reader::string(const std::string& text) {
  check_text(text);
  return scalar(text);
}

bool Reader::binary(const nlohmann::json::binary_t&) { throw wrong_type(); }

bool Reader::start_object(std::size_t) {
  count(1);
  if (tree_.is_open()) {
    tree_.open(nlohmann::json::object());
  } else if (level_ == (root_ == Root::list ? Level::list : Level::outside)) {
    begin_attachment();
  } else if (level_ == Level::attachment && attachment_.is_variants()) {
    level_ = Level::variants;
    variant_name_.clear();
  } else if (level_ == Level::variants) {
    begin_variant();
  } else {
    open_free(nlohmann::json::object());
  }
  return true;
}

bool Reader::key(const std::string& name) {
  check_text(name);
  if (tree_.is_open()) {
    tree_.key(name);
  } else if (level_ == Level::attachment) {
    attachment_.key(name);
  } else if (level_ == Level::variants) {
    variant_name_ = name;
  } else {
    variant_.key(name);
  }
  return true;
}

bool Reader::end_object() {
  if (tree_.is_open()) {
    tree_.close();
  } else if (level_ == Level::variant) {
    variant_.finish();
    level_ = Level::variants;
  } else if (level_ == Level::variants) {
    level_ = Level::attachment;
  } else {
    finish_attachment();
    level_ = root_ == Root::list ? Level::list : Level::outside;
  }
  return true;
}

bool Reader::start_array(std::size_t) {
  count(1);
  if (tree_.is_open()) {
    tree_.open(nlohmann::json::array());
  } else if (level_ == Level::outside && root_ == Root::list) {
    level_ = Level::list;
  } else {
    open_free(nlohmann::json::array());
  }
  return true;
}

bool Reader::end_array() {
  if (tree_.is_open()) {
    tree_.close();
  } else {
    level_ = Level::outside;
  }
  return true;
}

bool Reader::parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
  throw invalid_document("The text is not valid JSON", error.what());
}

template <class Scalar>
bool Reader::scalar(const Scalar& value) {
  count(1);
  if (tree_.is_open()) {
    tree_.add(value);
  } else if (level_ == Level::attachment) {
    read_scalar(attachment_, value);
  } else if (level_ == Level::variant) {
    read_scalar(variant_, value);
  } else {
    throw wrong_type();
  }
  return true;
}

void Reader::begin_attachment() {
  if (items_.size() == json_max_items) throw invalid_document("The list has too many items");
  attachment_.begin(items_.emplace_back());
  level_ = Level::attachment;
  item_bytes_ = 0;
}

void Reader::begin_variant() {
  VariantMap& variants = attachment_.value().variants;
  if (variants.size() == json_max_variants) throw invalid_document("There are too many variants");
  const auto [entry, inserted] = variants.try_emplace(variant_name_);
  if (!inserted) throw occurs_twice();
  variant_.begin(entry->second);
  level_ = Level::variant;
}

void Reader::finish_attachment() {
  attachment_.finish();
  if (!attachment_.has("v") && !attachment_.has("id")) return take_foreign_form();
  attachment_.require("v");
  attachment_.require("id");
  if (!is_attachment_id(attachment_.value().id)) throw unusable("id");
}

/// The form of nestjs-media has no id and no file name: both are in the path.
void Reader::take_foreign_form() {
  Attachment& attachment = attachment_.value();
  const std::string_view path = attachment.path;
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == path.size()) throw unusable("path");
  const std::string_view folder = path.substr(0, slash);
  attachment.id = folder.substr(folder.rfind('/') + 1);
  if (!is_attachment_id(attachment.id)) throw unusable("path");
  if (!attachment_.has("fileName")) attachment.file_name = path.substr(slash + 1);
}

void Reader::open_free(nlohmann::json container) {
  if (level_ == Level::attachment) {
    nlohmann::json& slot = free_slot_of(attachment_, container);
    tree_.open_root(slot, std::move(container), document_depth + 1);
  } else if (level_ == Level::variant) {
    nlohmann::json& slot = free_slot_of(variant_, container);
    tree_.open_root(slot, std::move(container), variant_depth + 1);
  } else {
    throw wrong_type();
  }
}

void Reader::check_text(const std::string& text) {
  count(text.size() + 1);
  if (text.find('\0') != std::string::npos) throw invalid_document("A text contains U+0000");
}

/// A text of one attachment was measured before; in a list, each item has the bound for itself.
void Reader::count(std::size_t bytes) {
  item_bytes_ += bytes;
  if (item_bytes_ > json_max_bytes) throw invalid_document("The document is too large");
}

}  // namespace affix::detail
