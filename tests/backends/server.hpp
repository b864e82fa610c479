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
  explicit Server(const Target& target) : name_(name_of(target.engine)) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { run("start"); }

  void kill() { REQUIRE(run("kill")); }
  void start() { REQUIRE(run("start")); }
  /// Whether the command of scripts/services.sh did its work.
  bool run(const std::string& command) {
    const std::string line = "'" AFFIX_SERVICES "' " + command + " " + name_ + " >/dev/null 2>&1";
    return std::system(line.c_str()) == 0;
  }

  /// Its process and the children that it has now, for `kill_all`.
  std::vector<pid_t> processes() const {
    pid_t server = 0;
    std::ifstream(std::string(std::getenv("AFFIX_SERVICES_DIR")) + "/" + name_ + ".pid") >> server;
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
  static std::string name_of(Engine engine) {
    if (engine == Engine::postgresql) return "pg";
    return engine == Engine::firebird ? "fb" : "my";
  }

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
