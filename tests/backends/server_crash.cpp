#include <algorithm>
#include <chrono>
#include <future>
#include <iostream>
#include <random>
#include <utility>

#include "affix/soci/session_pool.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "server.hpp"
#include "support/album.hpp"
#include "support/album_promises.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

// Servers are killed while they commit. Afterwards the reaper finds out what has happened.

using namespace affix;
using namespace affix::tests;

namespace {

using Clock = std::chrono::steady_clock;

class Campaign {
 public:
  explicit Campaign(const Target& target) : db_(target), server_(target) {
    ensure_schema(db_.sql, shop_.files);
    album_.make_table();
    album_.fill();
    core().around_statement = [this](std::string_view name, const std::function<void()>& run) {
      name == "transaction.commit" ? commit(run) : run();
    };
    time_commits();
  }

  /// A transaction that changes everything of a row, and a server that dies while it commits.
  void round(int number) {
    const std::string name = "Avatar " + std::to_string(number) + ".";
    const Rows before = RowReader(album_).read();
    Rows after = before;
    after.contents["1 avatar"] = name + " (thumb of " + name + ")";
    after.contents["1 gallery"] += name;
    victims_ = server_.processes();
    const auto code = code_of([&] { change(name); });
    const auto stored = shop_.stored();
    static_cast<void>(server_.run("kill"));  // Waits for those that are not gone yet.
    server_.start();
    reconnect(db_.sql);
    CHECK((!code || code == Errc::in_doubt));
    CHECK(stored == files_at_commit_);
    const bool is_new = RowReader(album_).read().contents == after.contents;
    if (!code) CHECK(is_new);
    ++(code ? (is_new ? committed_ : lost_) : returned_);
    CHECK(damage_at_once(album_, {before, after}) == Damage{});
    CHECK(damage_after_reaping(album_) == Damage{});
  }

  void print() const {
    std::cout << "commits that returned: " << returned_
              << ", in doubt and committed: " << committed_ << ", in doubt and not: " << lost_
              << std::endl;
  }

 private:
  detail::ManagerCore& core() { return detail::ManagerAccess::core(shop_.files); }

  void change(const std::string& name) {
    Transaction tx(db_.sql, shop_.files);
    tx.replace(album_.avatar, 1, Album::text(name));
    tx.append(album_.gallery, 1, Album::text(name));
    tx.commit();
  }

  /// How long one takes here and now.
  void time_commits() {
    for (int i = 0; i < 5; ++i) change("Avatar 0.");
  }

  void commit(const std::function<void()>& run) {
    files_at_commit_ = shop_.stored();
    const Clock::time_point started = Clock::now();
    if (victims_.empty()) {
      run();
      usual_ = std::min(usual_, Clock::duration(Clock::now() - started));
      return;
    }
    const Clock::time_point moment = started + any_part_of(usual_);
    auto killed = std::async(std::launch::async, [&, victims = std::exchange(victims_, {})] {
      while (Clock::now() < moment) {
      }
      Server::kill_all(victims);
    });
    run();
  }

  Clock::duration any_part_of(Clock::duration whole) {
    return Clock::duration(std::uniform_int_distribution<Clock::rep>(0, whole.count())(random_));
  }

  Database db_;
  Server server_;
  Workshop shop_{Backing::memory, nullptr, std::make_shared<TextConverter>(), db_.ledger()};
  Album album_{db_.sql, shop_.files, *shop_.clock, db_.new_name("album")};
  std::mt19937 random_{std::random_device()()};
  Clock::duration usual_ = std::chrono::seconds(1);
  std::vector<pid_t> victims_;
  std::set<std::string> files_at_commit_;
  int returned_ = 0;
  int committed_ = 0;
  int lost_ = 0;
};

}  // namespace

TEST_CASE("a server that is killed while it commits loses nothing, and no file is left behind",
          "[killed]") {
  const auto all = native_servers();
  if (all.empty()) return;
  const Target target = GENERATE_COPY(from_range(all));
  CAPTURE(target);
  Campaign campaign(target);
  for (int round = 1; round <= rounds(20, 200); ++round) {
    CAPTURE(round);
    campaign.round(round);
  }
  std::cout << target << ": ";
  campaign.print();
}
