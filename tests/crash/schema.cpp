#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <iostream>
#include <stdexcept>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/soci/session_state.hpp"
#include "processes.hpp"
#include "support/temporary_directory.hpp"
#include "workers.hpp"

// Processes that start at the same moment and all make the ledger's tables in an empty database.

namespace affix::tests {
namespace {

/// Keeps processes at a line until it is destroyed. It ends with its process, too.
class Gate {
 public:
  enum class Kind { close = LOCK_EX, pass = LOCK_SH };

  Gate(const Stage& stage, Kind kind)
      : file_(::open(path(stage).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ < 0 || ::flock(file_, static_cast<int>(kind)) != 0) {
      throw std::runtime_error("there is no gate");
    }
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { ::close(file_); }

 private:
  static std::filesystem::path path(const Stage& stage) { return stage.folder / "gate"; }

  int file_;
};

long long number(soci::session& sql, const std::string& query) {
  long long value = -1;
  sql << query, soci::into(value);
  if (in_transaction(sql)) sql.commit();
  return value;
}

/// An application's start, and its first use of the tables.
void check_tables(const Stage& stage) {
  soci::session sql;
  stage.connect(sql);
  AttachmentManager files(stage.options(Stage::hostile));
  ensure_schema(sql, files);
  if (number(sql, "select count(*) from " + stage.ledger.meta_table) != 1 ||
      number(sql, "select count(*) from " + stage.ledger.table) != 0 ||
      reap(sql, files) != ReapResult{}) {
    throw std::runtime_error("the tables are not as one process makes them");
  }
}

/// Whether all have succeeded.
bool start_together(const Stage& stage, int processes) {
  std::vector<Worker> workers;
  {
    const Gate gate(stage, Gate::Kind::close);
    for (int i = 0; i < processes; ++i) workers.emplace_back("schema", i, stage.folder);
    for (Worker& worker : workers) worker.await_ready();
  }
  bool good = true;
  for (Worker& worker : workers) good = worker.ends_well() && good;
  return good;
}

}  // namespace

int make_schema(const Stage& stage) {
  soci::session sql;
  stage.connect(sql);
  // As a program has it that says nothing about it.
  if (dialect_of(sql).engine() == Engine::sqlite) sql << "pragma busy_timeout = 0";
  AttachmentManager files(stage.options(Stage::hostile));
  report_ready(sql);
  const Gate gate(stage, Gate::Kind::pass);
  ensure_schema(sql, files);
  return 0;
}

bool start_at_once(const Target& target, int rounds) {
  constexpr int processes = 4;
  int failed = 0;
  for (int round = 0; round < rounds; ++round) {
    const TemporaryDirectory directory;
    Database database(target);
    Stage stage;
    stage.connection = database.connection();
    stage.ledger = database.ledger();
    stage.folder = directory.path();
    stage.save();
    if (!start_together(stage, processes)) ++failed;
    check_tables(stage);
  }
  std::cout << "backend=" << target << " starts=" << rounds << " processes=" << processes
            << " failed=" << failed << std::endl;
  return failed == 0;
}

}  // namespace affix::tests
