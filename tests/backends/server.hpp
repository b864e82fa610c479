#pragma once

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "database.hpp"

namespace affix::tests {

/// The server of a target, which these tests let crash. It runs again when this is destroyed.
class Server {
 public:
  explicit Server(const Target& target) : name_(server_name(target)) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { run("start"); }

  void kill() { require("kill"); }
  void start() { require("start"); }
  /// Whether the command of scripts/services.sh did its work.
  bool run(const std::string& command) {
    const std::string line = "'" + std::string(std::getenv("AFFIX_SERVICES")) + "' " + command +
                             " " + name_ + " >'" + log() + "' 2>&1";
    return std::system(line.c_str()) == 0;
  }

  /// Its process and the children that it has now, for `kill_all`.
  std::vector<pid_t> processes() const {
    pid_t server = 0;
    std::ifstream(directory() + "/" + name_ + ".pid") >> server;
    REQUIRE(server > 1);
    std::vector<pid_t> found{server};
    const std::string number = std::to_string(server);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;) found.push_back(child);
    return found;
  }

  /// Kills at once, without the time that a script takes. They may take a moment to be gone:
  /// `run("kill")` waits, and says no if it came too late.
  static void kill_all(const std::vector<pid_t>& processes) {
    for (const pid_t process : processes) ::kill(process, SIGKILL);
  }

 private:
  /// Without the server every test behind this one fails, too: so what was said is printed.
  void require(const std::string& command) {
    if (!run(command)) FAIL(std::ifstream(log()).rdbuf());
  }

  static std::string directory() { return std::getenv("AFFIX_SERVICES_DIR"); }
  std::string log() const { return directory() + "/" + name_ + ".command.log"; }

  std::string name_;
};

inline std::vector<Target> targets_with_server() {
  std::vector<Target> found;
  for (const Target& target : targets()) {
    if (target.has_server()) found.push_back(target);
  }
  return found;
}

/// Those that SOCI has a backend for.
inline std::vector<Target> native_servers() {
  std::vector<Target> found = targets_with_server();
  std::erase_if(found, [](const Target& target) { return target.is_odbc(); });
  return found;
}

}  // namespace affix::tests
