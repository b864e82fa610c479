#include <set>

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "blog.hpp"
#include "catch.hpp"
#include "support/errors.hpp"

// What goes wrong in other systems of this kind, tried here on every database.

using namespace affix;
using namespace affix::tests;

namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::string>;

Ids ids(const AttachmentList& list) {
  Ids all;
  for (const Attachment& one : list.items) all.push_back(one.id);
  return all;
}

Filter<Post> with_json(const char* where) {
  return Filter<Post>::from_json({{"where", Json::parse(where)}});
}

const RemoveOptions permanent{.removal = Removal::permanent};

}  // namespace

TEST_CASE("media are created, set, attached and detached through the owner's row [001]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.posts.create(
        {.tenant = "one"}, {{&Post::cover, picture("coffee.png")},
                            {&Post::images, {picture("coffee.png"), picture("coffee.png")}}});
    const Ids all = ids(post.images);
    const auto change = [&](MediaChange media) {
      REQUIRE(blog.posts.update_by_id(post.id, {}, {{&Post::images, std::move(media)}}));
      return ids(blog.with_media(post.id).images);
    };
    CHECK(change({.set = {{all[1], all[0]}}}) == Ids{all[1], all[0]});
    CHECK(change({.detach = {all[1]}}) == Ids{all[0]});
    const std::string cover = post.cover->id;
    CHECK(change({.attach = {cover}}) == Ids{all[0], cover});
    CHECK(blog.with_media(post.id).cover->id == cover);
  }
}

TEST_CASE("a medium has as many owners as want it, and tells who they are [001]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.add();
    const std::string id = post.images.items.front().id;
    const Leaf leaf = blog.leaves.create({}, {{&Leaf::images, MediaChange{.set = {{id}}}}});
    CHECK(ids(blog.with_media(post.id).images) == Ids{id});
    CHECK(ids(blog.leaves.find_by_id(leaf.id, Filter<Leaf>().with(&Leaf::images))->images) ==
          Ids{id});

    const MediaLibrary library({.store = make_soci_media_store(blog.db.sql, {.tables = blog_media}),
                                .files = blog.shop.files});
    std::set<std::pair<std::string, std::string>> owners;
    for (const MediaLink& place : library.places(id)) {
      owners.emplace(place.place.owner.type, place.place.owner.id);
    }
    CHECK(owners ==
          std::set<std::pair<std::string, std::string>>{{"blog_leaves", std::to_string(leaf.id)},
                                                        {"blog_posts", std::to_string(post.id)}});
  }
}

TEST_CASE("what is loaded with a row is chosen by starts_with and ordered as was asked [001]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Leaf leaf =
        blog.leaves.create({}, {{&Leaf::images,
                                 {Source::from_memory("some text", "b.txt"), picture("coffee.png"),
                                  Source::from_memory("more text", "a.txt")}}});
    const auto found = [&](const Filter<Medium>& scope) {
      return ids(
          blog.leaves.find_by_id(leaf.id, Filter<Leaf>().with(&Leaf::images, scope))->images);
    };
    const Ids all = ids(leaf.images);
    CHECK(found(where(&Medium::mime_type).starts_with("text/").order_by(&Medium::file_name)) ==
          Ids{all[2], all[0]});
    const auto by_json = Filter<Leaf>::from_json(Json::parse(
        R"({"include": [{"relation": "images", "scope": {"order": ["file_name DESC"],
            "where": {"mime_type": {"$startsWith": "text/"}}}}]})"));
    CHECK(ids(blog.leaves.find_by_id(leaf.id, by_json)->images) == Ids{all[0], all[2]});
  }
}

TEST_CASE("a field takes no file of another type, whichever way it comes [001][D2]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.add();
    const Leaf leaf = blog.leaves.create({}, {{&Leaf::images, note()}});
    const std::string text = leaf.images.items.front().id;
    const auto refused = [&](const FileChange<Post>& change) {
      return code_of([&] { blog.posts.update_by_id(post.id, {}, {change}); });
    };
    CHECK(code_of([&] {
            blog.posts.create({.tenant = "one"}, {{&Post::cover, note()}});
          }) == Errc::type_not_allowed);
    CHECK(refused({&Post::cover, note()}) == Errc::type_not_allowed);
    CHECK(refused({&Post::cover, blog.shop.files.create(note())}) == Errc::type_not_allowed);
    CHECK(refused({&Post::cover, MediaChange{.set = {{text}}}}) == Errc::type_not_allowed);
    CHECK(refused({&Post::images, note()}) == Errc::type_not_allowed);
    CHECK(refused({&Post::images, MediaChange{.attach = {text}}}) == Errc::type_not_allowed);
    CHECK(refused({&Post::images, MediaChange{.set = {{text}}}}) == Errc::type_not_allowed);
    CHECK(refused({&Post::scan, note()}) == Errc::type_not_allowed);
    CHECK(refused({&Post::scan, blog.shop.files.create(note())}) == Errc::type_not_allowed);
    CHECK(refused({&Post::papers, picture("coffee.png")}) == Errc::type_not_allowed);
    CHECK(blog.has_just({post.images.items.front(), leaf.images.items.front()}));
  }
}

TEST_CASE("a list has as many items as it must and may have, or the row stays as it is [001][D2]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    CHECK(code_of([&] { blog.posts.create({.tenant = "one"}); }) == Errc::invalid_argument);
    CHECK(code_of([&] { blog.posts.create_all({{.tenant = "one"}}); }) == Errc::invalid_argument);
    CHECK(blog.posts.count() == 0);
    const Post post = blog.add();
    const std::string id = post.images.items.front().id;
    const auto refused = [&](const FileChange<Post>& change) {
      return code_of([&] { blog.posts.update_by_id(post.id, set(&Post::title, "new"), {change}); });
    };
    CHECK(refused({&Post::images, no_file}) == Errc::invalid_argument);
    CHECK(refused({&Post::images, MediaChange{.detach = {id}}}) == Errc::invalid_argument);
    CHECK(refused({&Post::images, MediaChange{.set = Ids()}}) == Errc::invalid_argument);
    const std::vector<FileInput> three{picture("coffee.png"), picture("coffee.png"),
                                       picture("coffee.png")};
    CHECK(refused({&Post::images, three}) == Errc::invalid_argument);
    CHECK(refused({&Post::papers, {note(), note(), note()}}) == Errc::invalid_argument);
    CHECK(blog.posts.find_by_id(post.id)->title == "post");
    CHECK(ids(blog.with_media(post.id).images) == Ids{id});
    CHECK(blog.has_just({post.images.items.front()}));
  }
}

TEST_CASE("uploads whose row cannot be written leave nothing behind [001]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.add();
    const auto again = [&] {
      blog.posts.create({.id = post.id, .tenant = "one"}, {{&Post::cover, picture("coffee.png")},
                                                           {&Post::images, picture("coffee.png")},
                                                           {&Post::papers, note()},
                                                           {&Post::scan, picture("coffee.png")}});
    };
    CHECK(code_of(again) == Errc::exists);
    CHECK(blog.has_just({post.images.items.front()}));
  }
}

TEST_CASE("the media of many owners go with the commit that removes their rows [001]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post one = blog.posts.create({.tenant = "one", .title = "one"},
                                       {{&Post::images, picture("coffee.png")},
                                        {&Post::cover, picture("coffee.png")},
                                        {&Post::papers, note()}});
    const Post two = blog.add("two");
    const Post three = blog.add("three");
    const std::string shared = two.images.items.front().id;
    blog.posts.update_by_id(three.id, {}, {{&Post::images, MediaChange{.attach = {shared}}}});
    const auto before = blog.shop.stored();
    {
      Transaction tx(blog.db.sql, blog.shop.files);
      CHECK(blog.posts.remove_by(tx, where(&Post::title) != "three", permanent).count == 2);
      tx.rollback();
    }
    CHECK(blog.posts.count() == 3);
    CHECK(blog.shop.stored() == before);
    CHECK(blog.posts.remove_by(where(&Post::title) != "three", permanent).count == 2);
    CHECK(blog.db.number("select count(*) from blog_media") == 2);
    CHECK(blog.has_just({two.images.items.front(), three.images.items.front()}));
    const RemoveOptions all{.force = Force::yes};
    CHECK(blog.posts.remove_all(all).count == 1);
    CHECK(blog.db.number("select count(*) from blog_media") == 0);
    CHECK(blog.has_just({}));
  }
}

TEST_CASE("a condition on the tenant's column adds to the tenant's filter [002]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post mine = blog.add("mine");
    const Post other = blog.posts.create({.tenant = "two", .title = "other"},
                                         {{&Post::images, picture("coffee.png")}});
    CHECK(blog.posts.count(where(&Post::tenant) == "two") == 0);
    CHECK(blog.posts.count(with_json(R"({"tenant": "two"})")) == 0);
    CHECK(blog.posts.count(with_json(R"({"or": [{"tenant": "two"}, {"title": "mine"}]})")) == 1);
    CHECK(blog.posts.count(with_json(R"({"not": {"tenant": "one"}})")) == 0);
    CHECK(blog.posts.update_by(where(&Post::tenant) == "two", set(&Post::title, "x")).count == 0);
    CHECK(blog.posts.remove_by(where(&Post::tenant) == "two").count == 0);
    CHECK_FALSE(blog.posts.find_by_id(other.id));
    CHECK_FALSE(blog.posts.update_by_id(other.id, set(&Post::title, "x")));
    CHECK_FALSE(blog.posts.update_by_id(other.id, {}, {{&Post::papers, note()}}));
    CHECK_FALSE(blog.posts.remove_by_id(other.id));
    CHECK(blog.posts.count(Filter<Post>().skip_default_filter("tenant")) == 2);
    CHECK(blog.has_just({mine.images.items.front(), other.images.items.front()}));
  }
}

TEST_CASE("operators that come as JSON do what they are called [002]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    for (const char* title : {"ape", "ant", "bee"}) blog.add(title);
    const auto count = [&](const char* where) { return blog.posts.count(with_json(where)); };
    CHECK(count(R"({"title": {"startsWith": "a"}})") == 2);
    CHECK(count(R"({"title": {"isNull": true}})") == 0);
    CHECK(count(R"({"title": {"isNull": false}})") == 3);
    CHECK(count(R"({"not": {"title": {"startsWith": "a"}}})") == 1);
    CHECK(count(R"({"images": {"exists": {"mime_type": "image/png"}}})") == 3);
    CHECK(count(R"({"images": {"notExists": {}}})") == 0);
    std::set<long long> seen;
    for (int offset = 0; offset < 3; ++offset) {
      const auto page = blog.posts.find(
          Filter<Post>::from_json({{"order", {"title"}}, {"limit", 1}, {"offset", offset}}));
      REQUIRE(page.size() == 1);
      seen.insert(page.front().id);
    }
    CHECK(seen.size() == 3);
    CHECK(blog.posts.find(Filter<Post>::from_json({{"offset", 2}})).size() == 1);
  }
}

TEST_CASE("conditions without anything in them change nothing [002]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Blog blog(target);
    const Post post = blog.add();
    const auto outcome = [&](const char* text) {
      const Condition<Post> condition(with_json(text).node().where);
      long long rows = 0;
      const auto updated =
          code_of([&] { rows += blog.posts.update_by(condition, set(&Post::title, "x")).count; });
      const auto removed = code_of([&] { rows += blog.posts.remove_by(condition).count; });
      CHECK(rows == 0);
      CHECK(updated == removed);
      return updated;
    };
    CHECK(outcome(R"({"or": []})") == std::nullopt);
    CHECK(outcome(R"({"not": {}})") == std::nullopt);
    CHECK(outcome(R"({"title": {"in": []}})") == std::nullopt);
    for (const char* text :
         {"{}", R"({"and": []})", R"({"title": {}})", R"({"or": [{}]})", R"({"not": {"or": []}})",
          R"({"title": {"nin": []}})", R"({"or": [{"title": "post"}, {}]})"}) {
      INFO(text);
      CHECK(outcome(text) == Errc::invalid_argument);
    }
    CHECK(blog.posts.find_by_id(post.id)->title == "post");
  }
}

TEST_CASE("a commit that fails is an error of the call, and its files go after the grace [002]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    // The others check each row at once.
    const bool defers = target.engine == Engine::postgresql || target.engine == Engine::sqlite;
    if (!defers) continue;
    Blog blog(target);
    const Post post = blog.add();
    const std::string parents = blog.db.new_name("parents");
    if (target.engine == Engine::sqlite) blog.db.run("pragma foreign_keys = on");
    blog.db.run("create table " + parents + "(id integer primary key)");
    const std::string children = blog.db.new_name("children");
    blog.db.run("create table " + children + "(id integer references " + parents +
                "(id) deferrable initially deferred)");
    Transaction tx(blog.db.sql, blog.shop.files);
    blog.posts.update_by_id(tx, post.id, set(&Post::title, "new"), {{&Post::papers, note()}});
    blog.db.sql << "insert into " + children + "(id) values(1)";
    CHECK(error_of([&] { tx.commit(); }));
    CHECK(blog.posts.find_by_id(post.id)->title == "post");
    blog.shop.clock->advance(std::chrono::hours(25));
    CHECK(blog.has_just({post.images.items.front()}));
    blog.db.run("drop table " + children);
  }
}

TEST_CASE("a session that is ended under a repository's call is an error of the call [002]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    if (!target.has_server()) continue;
    Blog blog(target);
    const Post post = blog.add();
    Transaction tx(blog.db.sql, blog.shop.files);
    blog.posts.update_by_id(tx, post.id, set(&Post::title, "new"), {{&Post::papers, note()}});
    blog.db.end_session();
    const auto code = code_of([&] { tx.commit(); });
    CHECK((code == Errc::in_doubt || code == Errc::database));
    reconnect(blog.db.sql);
    CHECK(blog.posts.find_by_id(post.id)->title == "post");
  }
}
