#include "testing/disk_change_log.hpp"

namespace affix::testing {

/// What the steps of a log may leave on the disk.
class Remains {
 public:
  Remains(const ChangeLog& log, std::size_t steps, PowerLossChoices& choices)
      : log_(log), choices_(choices), nodes_(log.is_directory_.size()) {
    for (std::size_t i = 0; i < steps; ++i) {
      for (const ChangeLog::Change& change : log.steps_[i]) apply(change);
    }
  }

  void add_directory(ChangeLog::Node node, const std::string& path) {
    for (const auto& [name, holders] : nodes_[node].names) {
      const std::optional<ChangeLog::Node> holder = holders[choices_.choose(holders.size())];
      if (!holder) continue;
      if (log_.is_directory_[*holder]) {
        tree_[path + name] = std::nullopt;
        add_directory(*holder, path + name + '/');
      } else {
        tree_[path + name] = bytes_of(nodes_[*holder]);
      }
    }
  }

  ChangeLog::Tree take() && { return std::move(tree_); }

 private:
  using Change = ChangeLog::Change;

  struct Node {
    std::string bytes{};
    std::size_t synced = 0;                 ///< How many of them are on the disk.
    std::optional<std::string> survivor{};  ///< The bytes that are left: by any name the same.
    /// Who has had a name since the directory was synced, the holder of that time first.
    std::map<std::string, std::vector<std::optional<ChangeLog::Node>>> names{};
  };

  void apply(const Change& change) {
    Node& node = nodes_[change.node];
    switch (change.kind) {
      case Change::Kind::write:
        node.bytes += change.text;
        return;
      case Change::Kind::name:
        node.names.try_emplace(change.text, 1).first->second.push_back(change.named);
        return;
      case Change::Kind::sync:
        node.synced = node.bytes.size();
        for (auto& [name, holders] : node.names) holders.erase(holders.begin(), holders.end() - 1);
        return;
    }
  }

  std::string bytes_of(Node& node) {
    if (!node.survivor) node.survivor = survivor_of(node);
    return *node.survivor;
  }

  std::string survivor_of(const Node& node) {
    const std::string& all = node.bytes;
    if (node.synced == all.size()) return all;
    enum { synced, a_part, zeros, everything, count };
    switch (choices_.choose(count)) {
      case synced:
        return all.substr(0, node.synced);
      case a_part:
        return all.substr(0, (node.synced + all.size()) / 2);
      case zeros:
        return all.substr(0, node.synced).append(all.size() - node.synced, '\0');
      default:
        return all;
    }
  }

  const ChangeLog& log_;
  PowerLossChoices& choices_;
  std::vector<Node> nodes_;
  ChangeLog::Tree tree_;
};

ChangeLog::Node ChangeLog::add_file() {
  is_directory_.push_back(false);
  return is_directory_.size() - 1;
}

ChangeLog::Node ChangeLog::add_directory() {
  is_directory_.push_back(true);
  return is_directory_.size() - 1;
}

void ChangeLog::write(Node file, std::string bytes) {
  steps_.push_back({{Change::Kind::write, file, std::move(bytes)}});
}

void ChangeLog::give_name(Node directory, std::string name, Node node) {
  steps_.push_back({{Change::Kind::name, directory, std::move(name), node}});
}

void ChangeLog::take_name(Node directory, std::string name) {
  steps_.push_back({{Change::Kind::name, directory, std::move(name)}});
}

void ChangeLog::rename(Node from, std::string old_name, Node to, std::string new_name, Node node) {
  steps_.push_back({{Change::Kind::name, from, std::move(old_name)},
                    {Change::Kind::name, to, std::move(new_name), node}});
}

void ChangeLog::sync(Node node) { steps_.push_back({{Change::Kind::sync, node}}); }

ChangeLog::Tree ChangeLog::remains(std::size_t steps, PowerLossChoices& choices) const {
  Remains remains(*this, steps, choices);
  remains.add_directory(root, "");
  return std::move(remains).take();
}

}  // namespace affix::testing
