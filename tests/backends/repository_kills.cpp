#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "blog.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/campaign.hpp"

// Repositories whose process is killed.

using namespace affix;
using namespace affix::tests;

namespace {

/// What a process does to posts, with new files from a source of its own, until it is killed.
struct KilledCall {
  using Make = std::function<Source(const char* type)>;
  const char* name;
  /// Before, and once more for each step.
  std::function<void(Blog&)> prepare;
  std::function<void(Repository<Post>&, const Make&)> call;
  /// Whether a row is as it was before, or as it is after.
  std::function<bool(const Post&)> is_whole;
};

FileChanges<Post> five_files(const KilledCall::Make& source) {
  return {{&Post::cover, source("picture")},
          {&Post::images, {source("picture"), source("picture")}},
          {&Post::papers, source("text")},
          {&Post::scan, source("picture")}};
}

std::vector<KilledCall> killed_calls() {
  const auto add = [](Blog& blog) {
    const auto source = [](const char* type) {
      return type == std::string_view("text") ? note() : picture("coffee.png");
    };
    blog.posts.create({.tenant = "one", .title = "old"}, five_files(source));
  };
  const auto has_five = [](const Post& post) { return files_of(post).size() == 5; };
  return {{"create", [](Blog&) {},
           [](Repository<Post>& posts, const KilledCall::Make& source) {
             posts.create({.tenant = "one"}, five_files(source));
           },
           has_five},
          {"update", add,
           [](Repository<Post>& posts, const KilledCall::Make& source) {
             const auto old = posts.find_one(where(&Post::title) == "old");
             posts.update_by_id(old->id, set(&Post::title, "new"),
                                {{&Post::cover, source("picture")},
                                 {&Post::images, source("picture")},
                                 {&Post::papers, no_file},
                                 {&Post::scan, no_file}});
           },
           [](const Post& post) {
             const bool is_new = post.title == "new";
             return post.cover && post.scan.has_value() != is_new &&
                    post.papers.items.empty() == is_new &&
                    post.images.items.size() == (is_new ? 3 : 2);
           }},
          {"remove",
           [add](Blog& blog) {
             add(blog);
             add(blog);
           },
           [](Repository<Post>& posts, const KilledCall::Make&) {
             posts.remove_by(where(&Post::title) == "old");
           },
           has_five}};
}

}  // namespace

TEST_CASE("a create, update or removal that is killed at any step is done, or was never begun",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    if (target.name == "firebird-embedded") continue;  // An engine that does not outlive a fork.
    for (const KilledCall& killed : killed_calls()) {
      INFO(killed.name);
      Blog blog(target, Backing::local);
      bool is_killed = true;
      // Each step in the long run; else some of them, on each database others.
      const int every = stride(20);
      int step = static_cast<int>(target.name.size()) % every + 1 - every;
      while (is_killed && step < 500) {
        step += every;
        blog.posts.remove_all({.force = Force::yes});
        killed.prepare(blog);
        blog.db.done();
        int told[2];
        REQUIRE(::pipe(told) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
          int left = step;
          const auto count = [&left] {
            if (--left == 0) ::kill(::getpid(), SIGKILL);
          };
          try {
            soci::session sql;
            blog.db.connect(sql);
            const std::string number = target.has_server() ? session_number(sql) : std::string();
            static_cast<void>(::write(told[1], number.data(), number.size()));
            if (in_transaction(sql)) sql.commit();
            detail::ManagerAccess::core(blog.shop.files).around_statement =
                [&](std::string_view, const std::function<void()>& run) {
                  count();
                  run();
                  count();
                };
            const auto source = [&](const char* type) {
              const bool text = std::string_view(type) == "text";
              return Source::from_reader(
                  [&count, text] {
                    count();
                    return make_memory_reader(text ? "a paper"
                                                   : read_file(picture_path("coffee.png")));
                  },
                  text ? "paper.txt" : "coffee.png");
            };
            DataSource own("own", sql);
            Repository<Post> posts(own, blog.shop.files);
            killed.call(posts, source);
          } catch (...) {
            ::_exit(1);
          }
          ::_exit(0);
        }
        ::close(told[1]);
        std::string session;
        for (char one = 0; ::read(told[0], &one, 1) == 1;) session += one;
        ::close(told[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        is_killed = WIFSIGNALED(status);
        CAPTURE(step);
        REQUIRE((is_killed || WEXITSTATUS(status) == 0));
        await_end(blog.db.sql, {session});
        const auto left = blog.posts.find(Filter<Post>().with(&Post::cover).with(&Post::images));
        for (const Post& post : left) CHECK(killed.is_whole(post));
        if (killed.name == std::string_view("remove")) CHECK(left.size() % 2 == 0);
        REQUIRE(agrees(blog));
      }
      CHECK(step > 10);
      CHECK_FALSE(is_killed);
    }
  }
}
