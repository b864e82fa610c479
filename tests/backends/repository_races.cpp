#include <array>
#include <barrier>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "blog.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"

// Repositories of two sessions that change one row at the same time.

using namespace affix;
using namespace affix::tests;

namespace {

/// Two that wait for one another, each once; who leaves does not keep the other.
class Meeting {
 public:
  void arrive() {
    if (come()) both_.arrive_and_wait();
  }
  void leave() {
    if (come()) both_.arrive_and_drop();
  }

 private:
  bool come() {
    const std::lock_guard lock(mutex_);
    return there_.insert(std::this_thread::get_id()).second;
  }

  std::barrier<> both_{2};
  std::mutex mutex_;
  std::set<std::thread::id> there_;
};

using Change = std::function<bool(Repository<Post>&)>;

/// How one of two came out.
struct Outcome {
  bool found = false;  ///< What the call returned.
  std::optional<Error> error{};

  bool won() const { return !error && found; }
};

/// A blog whose rows a second session changes, too.
class Rivals {
 public:
  explicit Rivals(const Target& target) : blog(target) {
    blog.db.connect(session_);
    if (target.engine == Engine::sqlite) session_ << "pragma busy_timeout = 20000";
  }
  Rivals(const Rivals&) = delete;
  Rivals& operator=(const Rivals&) = delete;

  /// Both begin at once, and meet again when they open a source of `meeting_source`.
  std::array<Outcome, 2> run(const Change& first, const Change& second) {
    meeting_ = std::make_unique<Meeting>();
    DataSource source("rival", session_);
    Repository<Post> rival(source, blog.shop.files);
    auto other = std::async(std::launch::async, [&] { return outcome(rival, second); });
    const Outcome mine = outcome(blog.posts, first);
    return {mine, other.get()};
  }

  Source meeting_source(Source source) {
    auto shared = std::make_shared<Source>(std::move(source));
    return Source::from_reader(
        [this, shared] {
          meeting_->arrive();
          return shared->open();
        },
        shared->file_name());
  }

  Blog blog;

 private:
  Outcome outcome(Repository<Post>& posts, const Change& change) {
    Outcome one;
    one.error = error_of([&] { one.found = change(posts); });
    meeting_->leave();
    return one;
  }

  soci::session session_;
  std::unique_ptr<Meeting> meeting_;
};

void check_conflict(const Outcome& outcome) {
  if (!outcome.error) return;
  INFO(outcome.error->what());
  INFO(outcome.error->cause());
  CHECK(outcome.error->code() == Errc::conflict);
}

}  // namespace

TEST_CASE("of two repositories that give one field a new file one wins and the other knows [P3]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Rivals rivals(target);
    const long long id = rivals.blog.add().id;
    for (int round = 0; round < rounds(6, 200); ++round) {
      const bool in_column = round % 2 == 0;
      const Change change = [&](Repository<Post>& posts) {
        const auto field = in_column ? &Post::scan : &Post::cover;
        const FileChange<Post> change_of_field{field, rivals.meeting_source(picture("coffee.png"))};
        return posts.update_by_id(id, {}, {change_of_field}).has_value();
      };
      const auto [one, other] = rivals.run(change, change);
      CHECK(one.won() != other.won());
      check_conflict(one);
      check_conflict(other);
      REQUIRE(agrees(rivals.blog));
    }
  }
}

TEST_CASE("of two repositories that append to a list none makes it longer than it may be [001]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Rivals rivals(target);
    Blog& blog = rivals.blog;
    for (int round = 0; round < rounds(6, 200); ++round) {
      const long long id = blog.add().id;
      const bool in_column = round % 2 == 0;
      const auto append = [&](Repository<Post>& posts, Source source) {
        FileChange<Post> change{&Post::images, std::move(source)};
        return posts.update_by_id(id, {}, {change}).has_value();
      };
      const auto append_paper = [&](Repository<Post>& posts, Source source) {
        return posts.update_by_id(id, {}, {{&Post::papers, std::move(source)}}).has_value();
      };
      // One less than is allowed.
      in_column ? append_paper(blog.posts, note()) : append(blog.posts, picture("coffee.png"));
      const Change one_more = [&](Repository<Post>& posts) {
        if (in_column) return append_paper(posts, rivals.meeting_source(note()));
        return append(posts, rivals.meeting_source(picture("coffee.png")));
      };
      const auto [one, other] = rivals.run(one_more, one_more);
      CHECK(one.won() != other.won());
      const Post post = blog.with_media(id);
      CHECK((in_column ? post.papers.items.size() == 2 : post.images.items.size() == 3));
      REQUIRE(agrees(blog));
    }
  }
}

TEST_CASE("of two repositories that empty a list one leaves what it must have [001]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Rivals rivals(target);
    Blog& blog = rivals.blog;
    for (int round = 0; round < rounds(6, 200); ++round) {
      const Post post = blog.posts.create(
          {.tenant = "one"}, {{&Post::images, {picture("coffee.png"), picture("coffee.png")}}});
      const auto detach = [&](std::size_t at) -> Change {
        return [&, at](Repository<Post>& posts) {
          const MediaChange change{.detach = {post.images.items[at].id}};
          return posts.update_by_id(post.id, {}, {{&Post::images, change}}).has_value();
        };
      };
      const auto [one, other] = rivals.run(detach(0), detach(1));
      CHECK_FALSE((one.won() && other.won()));
      CHECK(blog.with_media(post.id).images.items.size() >= 1);
      REQUIRE(agrees(blog));
    }
  }
}

TEST_CASE("a row that is removed takes along what another is just giving it", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Rivals rivals(target);
    Blog& blog = rivals.blog;
    for (int round = 0; round < rounds(6, 200); ++round) {
      const long long id = blog.add().id;
      const Change give = [&](Repository<Post>& posts) {
        Source source = rivals.meeting_source(picture("coffee.png"));
        FileChange<Post> change{&Post::scan, no_file};
        if (round % 3 == 0) change = {&Post::scan, std::move(source)};
        if (round % 3 == 1) change = {&Post::images, std::move(source)};
        if (round % 3 == 2) change = {&Post::cover, std::move(source)};
        return posts.update_by_id(id, {}, {change}).has_value();
      };
      const Change remove = [&](Repository<Post>& posts) {
        const bool found = posts.remove_by_id(id);
        return found;
      };
      const auto [giver, remover] = rivals.run(give, remove);
      const bool there = blog.posts.find_by_id(id).has_value();
      CHECK(there == !remover.won());
      check_conflict(remover);
      if (giver.error) {
        INFO(giver.error->what());
        const Errc code = giver.error->code();
        CHECK((code == Errc::conflict || code == Errc::record_not_found));
      }
      REQUIRE(agrees(blog));
      if (there) blog.posts.remove_by_id(id);
      CHECK(blog.db.number("select count(*) from blog_media") == 0);
    }
  }
}

TEST_CASE("what is changed and given back is given to one of two", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Rivals rivals(target);
    Blog& blog = rivals.blog;
    for (int round = 0; round < rounds(6, 200); ++round) {
      for (int i = 0; i < 5; ++i) blog.add("free");
      std::array<std::vector<long long>, 2> claimed;
      const auto claim = [&](std::vector<long long>& mine) -> Change {
        return [&mine](Repository<Post>& posts) {
          const auto taken =
              posts.update_by(where(&Post::title) == "free", set(&Post::title, "taken"),
                              {.returning = Returning::rows});
          for (const Post& post : taken.rows) mine.push_back(post.id);
          return taken.count > 0;
        };
      };
      const auto [one, other] = rivals.run(claim(claimed[0]), claim(claimed[1]));
      check_conflict(one);
      check_conflict(other);
      std::set<long long> all(claimed[0].begin(), claimed[0].end());
      all.insert(claimed[1].begin(), claimed[1].end());
      CHECK(all.size() == claimed[0].size() + claimed[1].size());
      CHECK(all.size() == 5);
      blog.posts.remove_all({.force = Force::yes});
    }
  }
}

TEST_CASE("a row that no longer meets the condition is not removed with those that do", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    if (target.engine == Engine::sqlite) continue;  // Nobody else writes meanwhile.
    Blog blog(target);
    const auto add = [&] {
      return blog.posts.create(
          {.tenant = "one", .title = "old"},
          {{&Post::images, picture("coffee.png")}, {&Post::scan, picture("coffee.png")}});
    };
    add();
    const Post saved = add();
    soci::session session;
    blog.db.connect(session);
    DataSource source("rival", session);
    bool is_saved = false;
    detail::ManagerAccess::core(blog.shop.files).around_statement =
        [&](std::string_view name, const std::function<void()>& run) {
          if (name == "ledger.doom" && !std::exchange(is_saved, true)) {
            session << "update blog_posts set title = 'saved' where id = " << saved.id;
            blog.db.done(session);
          }
          run();
        };
    const auto error = error_of([&] { blog.posts.remove_by(where(&Post::title) == "old"); });
    detail::ManagerAccess::core(blog.shop.files).around_statement = {};
    CHECK(is_saved);
    REQUIRE(error);
    CHECK(error->code() == Errc::conflict);
    CHECK(blog.posts.count() == 2);
    CHECK(blog.posts.remove_by(where(&Post::title) == "old").count == 1);
    CHECK(blog.posts.find_by_id(saved.id)->title == "saved");
    CHECK(agrees(blog));
  }
}

TEST_CASE("a record that is set in the place of another finds that one there, or nobody's [P3]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.posts.create(
        {.tenant = "one"},
        {{&Post::cover, picture("coffee.png")}, {&Post::images, picture("coffee.png")}});
    soci::session session;
    blog.db.connect(session);
    DataSource source("rival", session);
    Repository<Post> rival(source, blog.shop.files);
    bool is_changed = false;
    detail::ManagerAccess::core(blog.shop.files).around_statement =
        [&](std::string_view name, const std::function<void()>& run) {
          if (name == "transaction.begin" && !std::exchange(is_changed, true)) {
            rival.update_by_id(post.id, {}, {{&Post::cover, picture("coffee.png")}});
          }
          run();
        };
    const MediaChange change{.set = {{post.images.items.front().id}}};
    const auto error = error_of([&] {
      blog.posts.update_by_id(post.id, {}, {{&Post::cover, change}});
    });
    detail::ManagerAccess::core(blog.shop.files).around_statement = {};
    REQUIRE(error);
    CHECK(error->code() == Errc::conflict);
    CHECK(blog.with_media(post.id).cover->id != post.cover->id);
    CHECK(agrees(blog));
    CHECK(blog.posts.update_by_id(post.id, {}, {{&Post::cover, change}}));
    CHECK(blog.with_media(post.id).cover->id == post.images.items.front().id);
  }
}
