#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "affix/testing/power_loss_disk.hpp"

namespace affix::testing {

/// What was done to the files and directories below a root, step by step. A node is a file or a
/// directory, whatever its names are. Not safe from many threads.
class ChangeLog {
 public:
  using Node = std::size_t;
  static constexpr Node root = 0;

  /// The bytes of files by their paths; directories have none, and come before what they contain.
  using Tree = std::map<std::string, std::optional<std::string>>;

  ChangeLog() : is_directory_{true} {}

  /// A new node that has no name yet; that is no step.
  Node add_file();
  Node add_directory();

  // Each is one step.

  /// Appends to a file.
  void write(Node file, std::string bytes);
  void give_name(Node directory, std::string name, Node node);
  void take_name(Node directory, std::string name);
  void rename(Node from, std::string old_name, Node to, std::string new_name, Node node);
  /// The bytes of a file, or the names in a directory, are on the disk now.
  void sync(Node node);

  std::size_t steps() const noexcept { return steps_.size(); }

  /// What is left after the first `steps`.
  Tree remains(std::size_t steps, PowerLossChoices& choices) const;

 private:
  friend class Remains;

  struct Change {
    enum class Kind { write, name, sync };

    Kind kind = Kind::sync;
    Node node = root;
    std::string text{};           ///< What is written, or the name.
    std::optional<Node> named{};  ///< What has the name now; nothing: it is free.
  };
  using Step = std::vector<Change>;

  std::vector<bool> is_directory_;
  std::vector<Step> steps_;
};

}  // namespace affix::testing
