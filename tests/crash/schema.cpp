#include <iostream>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/soci/session_state.hpp"
#include "processes.hpp"
#include "support/gate.hpp"
#include "support/temporary_directory.hpp"
#include "workers.hpp"

// Processes that start at the same moment and all make the ledger's tables in an empty database.

namespace affix::tests {
namespace {

std::filesystem::path gate_of(const Stage& stage) { return stage.folder / "gate"; }

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
    const Gate gate(gate_of(stage), Gate::Kind::close);
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
  const Gate gate(gate_of(stage), Gate::Kind::pass);
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
