#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "backends/database.hpp"
#include "check.hpp"
#include "processes.hpp"
#include "support/temporary_directory.hpp"
#include "weakness.hpp"
#include "workers.hpp"

// Processes that change rows and files are killed at random moments, again and again, and what they
// leave behind is looked at: scripts/crash.sh. With `--starts`: see schema.cpp.

namespace affix::tests {
namespace {

constexpr int writers = 3;
constexpr int reapers = 1;
constexpr int rounds_until_clean_up = 10;

struct Arguments {
  int rounds = 20;
  int starts = 0;
  std::string weakness;
  enum class Model { column, table } model = Model::column;
};

Stage make_stage(Database& database, const TemporaryDirectory& directory,
                 const Arguments& arguments) {
  MediaTables tables{.media = "", .links = "", .positions = ""};
  if (arguments.model == Arguments::Model::table) {
    tables = {.media = database.new_name("crash_media"),
              .links = database.new_name("crash_links"),
              .positions = database.new_name("crash_places")};
  }
  return {.connection = database.connection(),
          .rows = database.new_name("crash_rows"),
          .counters = database.new_name("crash_counters"),
          .ledger = database.ledger(),
          .folder = directory.path(),
          .weakness = arguments.weakness,
          .tables = std::move(tables)};
}

class Campaign {
 public:
  Campaign(const Target& target, const Arguments& arguments)
      : target_(target),
        arguments_(arguments),
        database_(target),
        stage_(make_stage(database_, directory_, arguments)) {
    stage_.save();
    stage_.connect(sql_);
    create_tables(stage_, sql_);
    checker_.emplace(stage_, sql_);
  }

  /// Until something is wrong, at most as many rounds as were asked for. Whether it is as it
  /// should be.
  bool run() {
    while (rounds_ < arguments_.rounds && !findings().is_damage()) {
      ++rounds_;
      crash();
      checker_->check(history_);
      const bool last = rounds_ == arguments_.rounds;
      if (last || rounds_ % rounds_until_clean_up == 0) checker_->clean_up();
    }
    print();
    if (!arguments_.weakness.empty()) return findings().is_damage();
    return !findings().is_damage() && history_.unexpected.empty() && history_.commits > 0 &&
           findings().rows_checked > 0 && findings().files_checked > 0;
  }

 private:
  const Findings& findings() const { return checker_->findings(); }

  void nap(int from, int to) {
    const auto time = std::uniform_int_distribution<int>(from, to)(random_);
    std::this_thread::sleep_for(std::chrono::microseconds(time));
  }

  /// Starts all, and kills them: at once or, in each second round, one after the other.
  void crash() {
    std::vector<Worker> workers;
    for (int i = 0; i < writers + reapers; ++i) {
      workers.emplace_back(i < writers ? "write" : "reap", i, stage_.folder);
    }
    std::vector<std::string> sessions;
    for (Worker& worker : workers) {
      worker.await_ready();
      sessions.push_back(worker.session());
    }
    std::vector<std::size_t> order{0, 1, 2, 3};
    std::ranges::shuffle(order, random_);
    nap(500, 25'000);
    for (const std::size_t i : order) {
      workers[i].kill();
      ++kills_;
      if (rounds_ % 2 == 0) nap(0, 8'000);
    }
    await_end(sql_, sessions);
    for (int i = 0; i < writers + reapers; ++i) history_.take(stage_.history(i));
  }

  void print() const {
    const auto& found = findings();
    for (const auto* some : {&found.orphans, &found.dangling, &found.torn, &found.lost}) {
      print_some(*some);
    }
    print_some(history_.unexpected);
    print_counts("commits by step", history_.steps);
    print_counts("lost races", history_.races);
    std::cout << "backend=" << target_ << " rounds=" << rounds_ << " kills=" << kills_
              << " commits=" << history_.commits << " rows_checked=" << found.rows_checked
              << " files_checked=" << found.files_checked << " unlisted=" << found.unlisted
              << " orphans=" << found.orphans.size() << " dangling=" << found.dangling.size()
              << " torn=" << found.torn.size() << " lost=" << found.lost.size();
    if (stage_.is_in_table()) std::cout << " model=table";
    if (!arguments_.weakness.empty()) std::cout << " weakened=" << arguments_.weakness;
    std::cout << std::endl;
  }

  static void print_counts(const char* title, const std::map<std::string, long long>& counts) {
    std::cout << "  " << title << ":";
    for (const auto& [name, count] : counts) std::cout << " " << name << "=" << count;
    std::cout << "\n";
  }

  static void print_some(const std::vector<std::string>& texts) {
    constexpr std::size_t enough = 5;
    for (std::size_t i = 0; i < std::min(enough, texts.size()); ++i) {
      std::cout << "  " << texts[i] << "\n";
    }
  }

  Target target_;
  Arguments arguments_;
  TemporaryDirectory directory_;
  Database database_;
  Stage stage_;
  soci::session sql_;
  std::optional<Checker> checker_;
  History history_;
  std::mt19937_64 random_{std::random_device{}()};
  int rounds_ = 0;
  long long kills_ = 0;
};

int work(const std::string& kind, int number, const std::filesystem::path& folder) {
  const Stage stage = Stage::load(folder);
  if (kind == "schema") return make_schema(stage);
  kind == "write" ? write_for_ever(stage, number) : reap_for_ever(stage, number);
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--rounds" && has_value) {
      arguments.rounds = std::stoi(words[i + 1]);
    } else if (words[i] == "--starts" && has_value) {
      arguments.starts = std::stoi(words[i + 1]);
    } else if (words[i] == "--weaken" && has_value && is_weakness(words[i + 1])) {
      arguments.weakness = words[i + 1];
    } else if (words[i] == "--model" && has_value && words[i + 1] == "table") {
      arguments.model = Arguments::Model::table;
    } else {
      throw std::runtime_error(
          "usage: crash [--rounds N] [--weaken WEAKNESS] [--model table] | --starts N");
    }
  }
  return arguments;
}

/// The databases of AFFIX_BACKENDS, each once.
bool run_all(const Arguments& arguments) {
  bool good = true;
  for (const Target& target : targets()) {
    if (target.is_odbc() || target.name == "firebird-embedded") continue;
    good = (arguments.starts > 0 ? start_at_once(target, arguments.starts)
                                 : Campaign(target, arguments).run()) &&
           good;
  }
  return good;
}

}  // namespace
}  // namespace affix::tests

int main(int count, char** words) try {
  const affix::tests::WorkerOrigin origin(&affix::tests::work);
  const std::vector<std::string> arguments(words + 1, words + count);
  return affix::tests::run_all(affix::tests::parse(arguments)) ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "crash: " << error.what() << "\n";
  return 2;
}
