#include <algorithm>
#include <iostream>
#include <span>

#include "catch.hpp"
#include "support/campaign.hpp"
#include "support/gallery_operations.hpp"
#include "walk.hpp"

// The process dies before each call that changes a file, affix's and SQLite's, one after the other;
// in some ways only with --long before each, else before one in a few.

using namespace affix;
using namespace affix::tests;

namespace {

void print(const std::string& what, const WalkResult& result) {
  std::cout << what << ": points enumerated: " << result.points << ", damaging: " << result.damaging
            << std::endl;
  const std::size_t some = std::min<std::size_t>(result.damage.size(), 5);
  for (std::size_t i = 0; i < some; ++i) std::cout << result.damage[i] << std::endl;
}

/// One call in `every` of an operation, of the next one others.
void walk_all(Journal journal, AtCall what, std::span<const Operation> all, int every) {
  WalkResult total;
  int turn = 0;
  for (const Operation& operation : all) {
    const WalkResult result =
        Walk(operation, {.journal = journal}).run(what, turn++ % every + 1, every);
    print(operation.name, result);
    CHECK(result.damaging == 0);
    if (every == 1) CHECK(result.points >= 5);
    total.points += result.points;
    total.damaging += result.damaging;
  }
  print("in total", total);
  CHECK(total.damaging == 0);
  CHECK(total.points * every >= 5 * static_cast<int>(all.size()));
}

const Operation replace{"replace", &run_replace};

/// What becomes of the replace when its process does `weakness` before the named statement.
WalkResult weakened(const std::string& before, const std::function<void(Site&)>& weakness) {
  const auto weaken = [&](Site& site) {
    site.core().around_statement = [&](std::string_view name, const std::function<void()>& run) {
      if (name == before) weakness(site);
      run();
    };
  };
  return Walk(replace, {.weaken = weaken}).run(AtCall::die);
}

bool has(const WalkResult& result, const std::string& what) {
  return std::ranges::any_of(result.damage,
                             [&](const std::string& one) { return one.find(what) != one.npos; });
}

}  // namespace

TEST_CASE("a process that dies before any call that changes a file leaves no damage") {
  walk_all(Journal::rollback, AtCall::die, operations, 1);
}

TEST_CASE("a process that dies in the middle of any write leaves no damage") {
  walk_all(Journal::rollback, AtCall::die_half_way, operations, stride(3));
}

TEST_CASE("a process that dies before any call leaves no damage with a write-ahead log") {
  walk_all(Journal::write_ahead, AtCall::die, operations, stride(3));
}

TEST_CASE("a reaper without patience that comes at any call of another process does no damage") {
  walk_all(Journal::rollback, AtCall::stop, operations, stride(3));
}

TEST_CASE("a process that dies at its work on a media table leaves no damage") {
  walk_all(Journal::rollback, AtCall::die, gallery_operations, stride(2));
}

TEST_CASE("a process that dies in the middle of a write to a media table leaves no damage") {
  walk_all(Journal::rollback, AtCall::die_half_way, gallery_operations, stride(10));
}

TEST_CASE("a process that dies with a write-ahead log does no damage to a media table") {
  walk_all(Journal::write_ahead, AtCall::die, gallery_operations, stride(10));
}

TEST_CASE("a reaper without patience that comes at any call does no damage to a media table") {
  walk_all(Journal::rollback, AtCall::stop, gallery_operations, stride(10));
}

TEST_CASE("files that are removed before the commit are seen as damage") {
  const WalkResult result = weakened("ledger.doom", [](Site& site) {
    const std::string path = site.album.avatar.load(site.sql, 1)->path;
    site.album.disk().remove_prefix(Key::parse(Key::parse(path).parent()));
  });
  CHECK(result.damaging > 0);
  CHECK(has(result, "MISSING"));
}

TEST_CASE("markers that are removed before the commit are seen as damage") {
  const WalkResult result = weakened("transaction.commit", [](Site& site) {
    for (const std::string& id : markers_on(site.album.disk())) {
      site.album.disk().remove(site.core().marker_folder() / id);
    }
  });
  CHECK(result.damaging > 0);
  CHECK(has(result, "nobody knows"));
}

TEST_CASE("a fence that is skipped is seen as damage, and one that is forgotten too soon") {
  const bool skipped = GENERATE(true, false);
  ReapOptions reaper{.purge_delay = {}, .lease = {}};
  if (!skipped) reaper.tombstone_ttl = {};
  const auto skip_fence = [](Site& site) {
    site.core().around_statement = [](std::string_view name, const std::function<void()>& run) {
      if (name != "ledger.fence") run();
    };
  };
  WalkOptions options{.reaper = reaper};
  if (skipped) options.weaken_others = skip_fence;
  const WalkResult result = Walk(replace, options).run(AtCall::stop);
  CHECK(result.damaging > 0);
  CHECK(has(result, "MISSING"));
}
