#pragma once

#include <memory>
#include <string>
#include <vector>

#include "affix/media/media_schema.hpp"
#include "affix/orm/repository.hpp"
#include "affix/orm/schema.hpp"
#include "affix/persistence/ledger.hpp"
#include "database.hpp"
#include "files_left.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

/// A row of one of many tenants, with fields that have rules.
struct Post {
  long long id = 0;
  std::string tenant{};
  std::string title{};
  std::optional<Attachment> cover{};
  AttachmentList images{};
  AttachmentList papers{};
  std::optional<Attachment> scan{};
};

/// Shares its records with posts.
struct Leaf {
  long long id = 0;
  AttachmentList images{};
};

inline const MediaTables blog_media{
    .media = "blog_media", .links = "blog_links", .positions = "blog_places"};

}  // namespace affix::tests

template <>
struct affix::Model<affix::tests::Post> {
  using Post = affix::tests::Post;
  static constexpr auto mapping = affix::table(
      "blog_posts", affix::key("id", &Post::id), affix::column("tenant", &Post::tenant),
      affix::column("title", &Post::title),
      affix::medium("cover", &Post::cover,
                    {.accepts = {"image/png"}, .tables = &affix::tests::blog_media}),
      affix::media("images", &Post::images,
                   {.accepts = {"image/png"},
                    .min_items = 1,
                    .max_items = 3,
                    .tables = &affix::tests::blog_media}),
      affix::attachments("papers", &Post::papers, {.accepts = {"text/plain"}, .max_items = 2}),
      affix::attachment("scan", &Post::scan, {.accepts = {"image/png"}}));
  static std::vector<DefaultFilter<Post>> default_filters() {
    return {{"tenant", where(&Post::tenant) == "one"}};
  }
};

template <>
struct affix::Model<affix::tests::Leaf> {
  using Leaf = affix::tests::Leaf;
  static constexpr auto mapping =
      affix::table("blog_leaves", affix::key("id", &Leaf::id),
                   affix::media("images", &Leaf::images, {.tables = &affix::tests::blog_media}));
};

namespace affix::tests {

inline Source note(const std::string& text = "a note") {
  return Source::from_memory(text, "note.txt");
}

/// The tables of both models, empty, with repositories for them.
class Blog {
 public:
  explicit Blog(const Target& target, Backing backing = Backing::memory)
      : db(target),
        shop(backing, nullptr, nullptr, db.ledger()),
        source("blog", db.sql),
        posts(source, shop.files),
        leaves(source, shop.files) {
    drop();
    ensure_schema(db.sql, shop.files);
    ensure_model_schema<Post>(db.sql);
    ensure_model_schema<Leaf>(db.sql);
    ensure_media_schema(db.sql, blog_media);
    if (target.engine == Engine::sqlite) db.sql << "pragma busy_timeout = 20000";
  }
  ~Blog() {
    try {
      drop();
    } catch (const std::exception&) {
      // The next test tries it again.
    }
  }

  /// A post of the first tenant with one image.
  Post add(std::string title = "post") {
    return posts.create({.tenant = "one", .title = std::move(title)},
                        {{&Post::images, picture("coffee.png")}});
  }
  Post with_media(long long id) {
    return *posts.find_by_id(id, Filter<Post>().with(&Post::cover).with(&Post::images));
  }
  bool has_just(const std::vector<Attachment>& attachments) {
    return tests::has_just(db, shop, attachments);
  }

  Database db;
  Workshop shop;
  DataSource source;
  Repository<Post> posts;
  Repository<Leaf> leaves;

 private:
  void drop() {
    if (in_transaction(db.sql)) db.sql.rollback();
    for (const char* table :
         {"blog_posts", "blog_leaves", "blog_media", "blog_links", "blog_places"}) {
      const bool there = db.dialect().has_table(db.sql, table);
      db.done();
      if (there) db.run(std::string("drop table ") + table);
    }
  }
};

/// All files of a post.
inline std::vector<Attachment> files_of(const Post& post) {
  std::vector<Attachment> all = post.images.items;
  all.insert(all.end(), post.papers.items.begin(), post.papers.items.end());
  if (post.cover) all.push_back(*post.cover);
  if (post.scan) all.push_back(*post.scan);
  return all;
}

/// Whether there are just the files that the rows name.
inline bool agrees(Blog& blog) {
  std::vector<Attachment> all;
  for (const Post& post : blog.posts.find(Filter<Post>().with(&Post::cover).with(&Post::images))) {
    for (Attachment& one : files_of(post)) all.push_back(std::move(one));
  }
  // What a deadlock or a crash has ended is left to the reaper, after the grace.
  blog.shop.clock->advance(std::chrono::hours(25));
  return blog.has_just(all);
}

}  // namespace affix::tests
