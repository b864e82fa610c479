#include "power_loss.hpp"

#include <map>
#include <random>
#include <set>
#include <thread>

#include "affix/testing/power_loss_disk.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"

using namespace affix;
using affix::testing::PowerLossChoices;
using affix::testing::PowerLossDisk;
using detail::Staging;
using tests::content_of;
using tests::LyingCalls;
using tests::PowerLab;
using tests::put;
using tests::stagings;
using Content = std::optional<std::string>;
namespace fs = std::filesystem;

namespace {

using Work = std::function<void(Disk&)>;

const std::string text = "some text that is torn when it is cut into two";

/// What a failure may leave of a key during the work, and when that has returned.
struct Expected {
  std::string key;
  std::set<Content> during;
  std::set<Content> after;
};

/// Does the work, and looks at every outcome of a failure at every moment of it.
void check_work(const PowerLab& lab, Disk& disk, const Work& work, const Expected& expected) {
  const std::size_t start = lab.moments();
  work(disk);
  const std::size_t end = lab.moments();
  REQUIRE(end > start);
  for (std::size_t moment = start; moment <= end; ++moment) {
    std::set<Content> seen;
    lab.for_each_outcome(moment, [&](Disk& left) {
      seen.insert(content_of(left, expected.key));
      CHECK(content_of(left, "a/kept") == "kept");
    });
    INFO("moment " << moment - start << " of " << end - start);
    for (const Content& content : seen) CHECK(expected.during.contains(content));
    if (moment == end) CHECK(seen == expected.after);
  }
}

/// Everything that a key can be when the power fails now.
std::set<Content> outcomes_of(const PowerLab& lab, const std::string& key) {
  std::set<Content> seen;
  lab.for_each_outcome(lab.moments(), [&](Disk& left) { seen.insert(content_of(left, key)); });
  return seen;
}

/// The files and directories below a path; directories have no content.
std::map<std::string, Content> tree_below(const fs::path& root) {
  std::map<std::string, Content> tree;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    Content content;
    if (entry.is_regular_file()) content = tests::read_file(entry.path());
    tree[fs::relative(entry.path(), root).string()] = content;
  }
  return tree;
}

std::string torn() { return text.substr(0, text.size() / 2); }
std::string zeros() { return std::string(text.size(), '\0'); }

}  // namespace

TEST_CASE("a put that returned survives a power failure, and before it is there whole or not") {
  for (const Staging staging : stagings) {
    for (const std::string key : {"b", "a/b", "x/y/z/b", ".affix/main/pending/b"}) {
      const PowerLab lab;
      const auto disk = lab.disk(staging);
      put(*disk, "a/kept", "kept");
      const Work work = [&](Disk& it) { put(it, key, text); };
      check_work(lab, *disk, work, {key, {std::nullopt, text}, {text}});
    }
  }
}

TEST_CASE("a copy that returned survives a power failure, and before it is there whole or not") {
  for (const Staging staging : stagings) {
    const PowerLab lab;
    const auto disk = lab.disk(staging);
    put(*disk, "a/kept", "kept");
    const Work work = [](Disk& it) { it.copy(Key::parse("a/kept"), Key::parse("x/copy")); };
    check_work(lab, *disk, work, {"x/copy", {std::nullopt, "kept"}, {"kept"}});
  }
}

TEST_CASE("a power failure while a file is overwritten leaves the old bytes or the new ones") {
  for (const Staging staging : stagings) {
    const PowerLab lab;
    const auto disk = lab.disk(staging);
    put(*disk, "a/kept", "kept");
    put(*disk, "a/b", "old");
    const Work work = [](Disk& it) { put(it, "a/b", text, Overwrite::allowed); };
    check_work(lab, *disk, work, {"a/b", {"old", text}, {text}});
  }
}

TEST_CASE("a large file is whole when its put has returned") {
  const std::string large(700'000, 'x');
  const PowerLab lab;
  const auto disk = lab.disk();
  put(*disk, "a/kept", "kept");
  const Work work = [&](Disk& it) { put(it, "a/large", large); };
  check_work(lab, *disk, work, {"a/large", {std::nullopt, large}, {large}});
}

TEST_CASE("where a file is, the marker is that was put before it") {
  const std::string marker = ".affix/main/pending/1";
  const std::string file = "attachments/1/ada.jpg";
  for (const Staging staging : stagings) {
    const PowerLab lab;
    const auto disk = lab.disk(staging);
    put(*disk, marker, "attachments/1");
    put(*disk, file, text);
    int with_file = 0;
    for (std::size_t moment = 0; moment <= lab.moments(); ++moment) {
      lab.for_each_outcome(moment, [&](Disk& left) {
        if (!tests::exists(left, file)) return;
        ++with_file;
        CHECK(content_of(left, marker) == "attachments/1");
      });
    }
    CHECK(with_file > 0);
  }
}

TEST_CASE("kill_safe promises nothing after a power failure, and that can be seen") {
  for (const Staging staging : stagings) {
    const PowerLab lab;
    const auto disk = lab.disk(staging, Durability::kill_safe);
    put(*disk, "a/b", text);
    CHECK(outcomes_of(lab, "a/b") == std::set<Content>{std::nullopt, "", torn(), zeros(), text});
    disk->remove(Key::parse("a/b"));
    CHECK(outcomes_of(lab, "a/b").contains(text));
  }
}

TEST_CASE("a disk that forgets to sync is seen") {
  for (const Staging staging : stagings) {
    const auto data = PowerLab::with<LyingCalls>(LyingCalls::About::data);
    put(*data.disk(staging), "a/b", text);
    CHECK(outcomes_of(data, "a/b") == std::set<Content>{"", torn(), zeros(), text});

    const auto names = PowerLab::with<LyingCalls>(LyingCalls::About::directories);
    put(*names.disk(staging), "a/b", text);
    CHECK(outcomes_of(names, "a/b") == std::set<Content>{std::nullopt, text});
    names.disk(staging)->remove_prefix(Key::parse("a"));
    CHECK(outcomes_of(names, "a/b") == std::set<Content>{std::nullopt, text});
  }
}

TEST_CASE("the record of a disk misses no change of it") {
  const PowerLab lab;
  std::vector<std::thread> threads;
  for (const Staging staging : stagings) {
    threads.emplace_back([&lab, staging] {
      const auto disk = lab.disk(staging, Durability::kill_safe);
      std::mt19937 random(static_cast<unsigned>(staging));
      for (int i = 0; i < 150; ++i) {
        const std::string key = "p" + std::to_string(random() % 3) + "/" +
                                std::to_string(random() % 3) + "/" + std::to_string(random() % 5);
        const Key other = Key::parse("copy/" + std::to_string(random() % 9));
        try {
          put(*disk, key, std::to_string(i), Overwrite(random() % 2));
          disk->copy(Key::parse(key), other, {.overwrite = Overwrite::allowed});
          if (i % 7 == 0) disk->remove(Key::parse(key));
          if (i % 19 == 0) disk->remove_prefix(Key::parse("p1"));
        } catch (const Error&) {
          // another thread was faster
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  auto choices = PowerLossChoices::keep_everything();
  const auto left = lab.remains(lab.moments(), choices);
  CHECK(left == tree_below(lab.root()));
  CHECK(left.size() > 10);
}

TEST_CASE("a power loss disk is a local disk, and shows what is left of it") {
  const tests::TemporaryDirectory directory;
  PowerLossDisk power({.root = directory.path() / "root"});
  CHECK(power.moments() == 0);
  put(*power.disk(), "a/b", text);
  CHECK(tests::read_file(directory.path() / "root/a/b") == text);
  CHECK(power.moments() > 0);

  std::set<Content> seen;
  int round = 0;
  PowerLossChoices choices;
  do {
    const fs::path left = directory.path() / std::to_string(++round);
    power.restore(power.moments() - 1, choices, left);
    seen.insert(content_of(*make_local_disk({.root = left}), "a/b"));
  } while (choices.next());
  CHECK(seen == std::set<Content>{std::nullopt, text});
  CHECK(round == 2);

  CHECK(tests::code_of([&] { power.restore(0, choices, directory.path() / "root"); }) ==
        Errc::invalid_argument);
  CHECK(tests::code_of([&] {
          power.restore(power.moments() + 1, choices, directory.path() / "new");
        }) == Errc::invalid_argument);
  CHECK(tests::code_of([&] { PowerLossDisk({.root = directory.path() / "root"}); }) ==
        Errc::invalid_argument);
}

TEST_CASE("choices go through all combinations, and random ones are repeatable") {
  PowerLossChoices all;
  std::vector<std::pair<std::size_t, std::size_t>> rounds;
  do {
    const std::size_t first = all.choose(2);
    rounds.emplace_back(first, first == 0 ? all.choose(3) : all.choose(1));
  } while (all.next());
  const std::vector<std::pair<std::size_t, std::size_t>> expected{{0, 0}, {0, 1}, {0, 2}, {1, 0}};
  CHECK(rounds == expected);

  auto one = PowerLossChoices::at_random(7);
  auto same = PowerLossChoices::at_random(7);
  std::set<std::size_t> drawn;
  for (int i = 0; i < 100; ++i) {
    const std::size_t number = one.choose(5);
    CHECK(number == same.choose(5));
    drawn.insert(number);
    CHECK(one.next());
    CHECK(same.next());
  }
  CHECK(drawn.size() == 5);

  auto everything = PowerLossChoices::keep_everything();
  CHECK(everything.choose(4) == 3);
  CHECK_FALSE(everything.next());
}
