#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace affix::detail {

/// Builds one free part of a document (`meta`, an unknown member) from the events of a parser.
/// Throws `Errc::invalid_document` without a place; `path` has the place.
class JsonTree {
 public:
  /// Whether a container is open, so that the next event belongs to the tree.
  bool is_open() const noexcept { return !open_.empty(); }
  /// Makes `root` the given empty container and opens it. `depth` is its depth in the document.
  /// `root` must stay where it is until the tree is closed.
  void open_root(nlohmann::json& root, nlohmann::json container, int depth);
  /// Adds a container and opens it.
  void open(nlohmann::json container);
  void close();
  /// Takes the name of the next value of the open object. It must be a new one.
  void key(const std::string& name);
  /// Adds a value that is no container.
  void add(nlohmann::json scalar) { place(std::move(scalar)); }
  /// Where the tree is, below its root: names and indexes joined with dots.
  std::string path() const;

 private:
  nlohmann::json& place(nlohmann::json value);
  void push(nlohmann::json& container);

  std::vector<nlohmann::json*> open_;
  nlohmann::json* slot_ = nullptr;
  int root_depth_ = 0;
};

}  // namespace affix::detail
