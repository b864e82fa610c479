#include <set>

#include "catch.hpp"
#include "power_loss.hpp"

using namespace affix;
using detail::Staging;
using tests::content_of;
using tests::exists;
using tests::PowerLab;
using tests::put;

namespace {

const Key prefix = Key::parse("p/id1");

void fill(Disk& disk) {
  for (const char* key : {"p/id1/a", "p/id1/variants/b", "p/id1/variants/deep/c", "p/id10/a"}) {
    put(disk, key, key);
  }
}

int left_below(Disk& left, const Key& below) {
  int count = 0;
  for (const FileInfo& file : left.list().files) {
    if (file.key.is_below(below)) ++count;
  }
  return count;
}

/// Whether no power failure at this moment brings back anything below the prefix, or takes more.
void check_removed(const PowerLab& lab) {
  lab.for_each_outcome(lab.moments(), [](Disk& left) {
    CHECK(left_below(left, prefix) == 0);
    CHECK(content_of(left, "p/id10/a") == "p/id10/a");
  });
}

}  // namespace

TEST_CASE("a file whose removal returned does not come back after a power failure") {
  for (const std::string key : {"a/b", "b", "x/y/z/b", ".affix/main/pending/b"}) {
    const PowerLab lab;
    const auto disk = lab.disk();
    put(*disk, "a/kept", "kept");
    put(*disk, key, "text");
    const std::size_t start = lab.moments();
    disk->remove(Key::parse(key));
    for (std::size_t moment = start; moment <= lab.moments(); ++moment) {
      std::set<bool> seen;
      lab.for_each_outcome(moment, [&](Disk& left) {
        seen.insert(exists(left, key));
        CHECK(content_of(left, "a/kept") == "kept");
      });
      if (moment == start) CHECK(seen == std::set<bool>{true});
      if (moment == lab.moments()) CHECK(seen == std::set<bool>{false});
    }
  }
}

TEST_CASE("a prefix whose removal returned does not come back after a power failure") {
  const PowerLab lab;
  const auto disk = lab.disk();
  fill(*disk);
  const std::size_t start = lab.moments();
  disk->remove_prefix(prefix);
  check_removed(lab);
  int with_a_part = 0;
  for (std::size_t moment = start; moment < lab.moments(); ++moment) {
    lab.for_each_outcome(moment, [&](Disk& left) {
      const int count = left_below(left, prefix);
      if (count > 0 && count < 3) ++with_a_part;
      CHECK(content_of(left, "p/id10/a") == "p/id10/a");
    });
  }
  CHECK(with_a_part > 0);
}

TEST_CASE("what was removed does not come back where its directories stay") {
  const auto lab = PowerLab::with<tests::KeepingCalls>();
  const auto disk = lab.disk();
  fill(*disk);
  disk->remove_prefix(prefix);
  check_removed(lab);
}

TEST_CASE("a removal that others had begun when they died is durable when it returns") {
  for (int call = 0, died = 1; died; ++call) {
    const PowerLab lab;
    fill(*lab.disk());
    died = lab.die_at(call, Staging::unnamed, [](Disk& disk) { disk.remove_prefix(prefix); });
    lab.disk()->remove_prefix(prefix);
    INFO("call " << call);
    check_removed(lab);
  }
  for (int call = 0, died = 1; died; ++call) {
    const PowerLab lab;
    put(*lab.disk(), "a/b/c", "text");
    const auto remove = [](Disk& disk) { disk.remove(Key::parse("a/b/c")); };
    died = lab.die_at(call, Staging::unnamed, remove);
    remove(*lab.disk());
    INFO("call " << call);
    lab.for_each_outcome(lab.moments(), [](Disk& left) { CHECK_FALSE(exists(left, "a/b/c")); });
  }
}

TEST_CASE("a put into directories of others who died before they were durable is durable") {
  for (const Staging staging : tests::stagings) {
    for (int call = 0, died = 1; died; ++call) {
      const PowerLab lab;
      const auto living = lab.disk(staging);
      died = lab.die_at(call, staging, [](Disk& disk) { put(disk, "x/y/z/a", "text"); });
      put(*living, "x/y/z/b", "text");
      INFO("call " << call);
      lab.for_each_outcome(lab.moments(),
                           [](Disk& left) { CHECK(content_of(left, "x/y/z/b") == "text"); });
    }
  }
}

TEST_CASE("a file that is in the way of a put is durable when that is told") {
  for (const Staging staging : tests::stagings) {
    int in_the_way = 0;
    for (int call = 0, died = 1; died; ++call) {
      const PowerLab lab;
      const auto write = [](Disk& disk) { put(disk, "x/y/a", "text"); };
      died = lab.die_at(call, staging, write);
      try {
        write(*lab.disk(staging));
      } catch (const Error& error) {
        CHECK(error.code() == Errc::exists);
        ++in_the_way;
      }
      INFO("call " << call);
      lab.for_each_outcome(lab.moments(),
                           [](Disk& left) { CHECK(content_of(left, "x/y/a") == "text"); });
    }
    CHECK(in_the_way > 1);  // at the end, and once at least before it was synced
  }
}

TEST_CASE("a directory that was removed and made again by others is made durable again") {
  const PowerLab lab;
  const auto disk = lab.disk();
  put(*disk, "x/y/a", "text");
  disk->remove(Key::parse("x/y/a"));
  lab.disk(Staging::unnamed, Durability::kill_safe)
      ->put(Key::parse("x/y/b"), *make_memory_reader("other"));
  put(*disk, "x/y/c", "text");
  lab.for_each_outcome(lab.moments(),
                       [](Disk& left) { CHECK(content_of(left, "x/y/c") == "text"); });
}
