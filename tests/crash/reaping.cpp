#include "affix/persistence/reaper.hpp"
#include "history.hpp"
#include "processes.hpp"
#include "weakness.hpp"
#include "workers.hpp"

namespace affix::tests {

void reap_for_ever(const Stage& stage, int worker) {
  AttachmentManager files(stage.options(Stage::hostile));
  soci::session sql;
  stage.connect(sql);
  weaken(stage, files, sql);
  HistoryWriter history(stage.history(worker));
  report_ready(sql);
  for (;;) {
    try {
      reap(sql, files, {.purge_delay = {}, .lease = {}});
    } catch (const Error& error) {
      const bool busy =
          error.code() == Errc::conflict || error.cause().find("lock_timeout") != std::string::npos;
      if (!busy) history.unexpected("reap", error.what());
    }
  }
}

}  // namespace affix::tests
