#include "value/json_tree.hpp"

#include <utility>

#include "affix/value/json.hpp"
#include "value/json_error.hpp"

namespace affix::detail {
namespace {

std::string name_of(const nlohmann::json& container, const nlohmann::json* child) {
  if (container.is_array()) return std::to_string(container.size() - 1);
  for (const auto& [name, value] : container.items()) {
    if (&value == child) return name;
  }
  return {};
}

}  // namespace

void JsonTree::open_root(nlohmann::json& root, nlohmann::json container, int depth) {
  root_depth_ = depth;
  root = std::move(container);
  push(root);
}

void JsonTree::open(nlohmann::json container) { push(place(std::move(container))); }

void JsonTree::close() {
  open_.pop_back();
  slot_ = nullptr;
}

void JsonTree::key(const std::string& name) {
  auto& object = open_.back()->get_ref<nlohmann::json::object_t&>();
  const auto [entry, inserted] = object.try_emplace(name);
  slot_ = &entry->second;
  if (!inserted) throw invalid_document("A member occurs twice");
}

std::string JsonTree::path() const {
  std::string path;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const bool innermost = i + 1 == open_.size();
    const nlohmann::json& container = *open_[i];
    if (innermost && container.empty()) break;
    path = join_members(path, name_of(container, innermost ? slot_ : open_[i + 1]));
  }
  return path;
}

nlohmann::json& JsonTree::place(nlohmann::json value) {
  nlohmann::json& container = *open_.back();
  if (container.is_array()) {
    container.push_back(std::move(value));
    return container.back();
  }
  return *slot_ = std::move(value);
}

void JsonTree::push(nlohmann::json& container) {
  if (root_depth_ + static_cast<int>(open_.size()) > json_max_depth) {
    throw invalid_document("The document is nested too deeply");
  }
  open_.push_back(&container);
}

}  // namespace affix::detail
