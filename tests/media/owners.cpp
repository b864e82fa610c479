#include <algorithm>

#include "affix/media/media_field.hpp"
#include "affix/media/memory_media_store.hpp"
#include "catch.hpp"
#include "gallery.hpp"
#include "support/errors.hpp"

// Owners, their rows and their files, together.

using namespace affix;
using namespace affix::tests;

namespace {

std::vector<std::string> places_of(const MediaLibrary& library, const std::string& id) {
  std::vector<std::string> names;
  for (const MediaLink& link : library.places(id)) {
    names.push_back(link.place.owner.type + " " + link.place.owner.id + " " +
                    link.place.collection);
  }
  return names;
}

}  // namespace

TEST_CASE(
    "an owner, its uploads and its links are one unit, which one bad upload undoes [D5] [bknd]") {
  Gallery gallery(std::vector<MediaCollection>{{.name = "images", .max_size = 20}});
  gallery.sql << "create table products(id integer primary key)";
  const MediaRecord shared = gallery.attach(gallery.of("Page", 1), "shared");
  const std::vector<std::string> ids{shared.attachment.id};
  const auto insert = [&](Transaction& tx, const std::string& last) {
    tx.begin();
    gallery.sql << "insert into products(id) values(7)";
    const OwnerCollection images = gallery.of("Product", 7);
    images.attach(tx, Gallery::text("first"));
    images.attach(tx, ids);
    images.attach(tx, Gallery::text(last));
  };
  const auto products = [&] {
    int count = 0;
    gallery.sql << "select count(*) from products", soci::into(count);
    return count;
  };

  {
    Transaction tx(gallery.sql, gallery.shop.files);
    CHECK(code_of([&] { insert(tx, "much too long for this"); }) == Errc::too_large);
  }
  CHECK(products() == 0);
  CHECK(gallery.of("Product", 7).list().empty());
  CHECK(gallery.kept() == std::set<std::string>{"shared"});

  Transaction tx(gallery.sql, gallery.shop.files);
  insert(tx, "second");
  tx.commit();
  CHECK(products() == 1);
  CHECK(Gallery::names(gallery.of("Product", 7).list()) ==
        std::vector<std::string>{"first", "shared", "second"});
}

TEST_CASE("a new file in a single collection removes the old one only if nobody else has it [D6]") {
  Gallery gallery(std::vector<MediaCollection>{{.name = "cover", .single = true}});
  const OwnerCollection cover = gallery.of("Product", 1, "cover");
  const MediaRecord first = gallery.attach(cover, "first");
  const std::vector<std::string> ids{first.attachment.id};
  gallery.committed([&](Transaction& tx) { return gallery.of("Page", 1).attach(tx, ids); });
  gallery.attach(cover, "second");
  CHECK(gallery.kept() == std::set<std::string>{"first", "second"});
  gallery.attach(cover, "third");
  CHECK(gallery.kept() == std::set<std::string>{"first", "third"});
  CHECK(Gallery::names(gallery.of("Page", 1).list()) == std::vector<std::string>{"first"});
}

TEST_CASE("one to one, one to many and many to many are collections and links [D20] [D15]") {
  Gallery gallery(std::vector<MediaCollection>{{.name = "cover", .single = true}});
  const MediaRecord cover = gallery.attach(gallery.of("Product", 1, "cover"), "cover");
  const MediaRecord front = gallery.attach(gallery.of("Product", 1), "front");
  const MediaRecord back = gallery.attach(gallery.of("Product", 1), "back");
  const std::vector<std::string> ids{front.attachment.id, cover.attachment.id};
  gallery.committed([&](Transaction& tx) { return gallery.of("Product", 2).attach(tx, ids); });
  gallery.committed([&](Transaction& tx) { return gallery.of("Page", 1).attach(tx, ids); });

  CHECK(Gallery::names(gallery.of("Product", 1, "cover").list()) ==
        std::vector<std::string>{"cover"});
  CHECK(Gallery::names(gallery.of("Product", 1).list()) ==
        std::vector<std::string>{"front", "back"});
  CHECK(Gallery::names(gallery.of("Product", 2).list()) ==
        std::vector<std::string>{"front", "cover"});
  CHECK(places_of(*gallery.library, front.attachment.id) ==
        std::vector<std::string>{"Product 1 images", "Product 2 images", "Page 1 images"});
  CHECK(places_of(*gallery.library, back.attachment.id) ==
        std::vector<std::string>{"Product 1 images"});
}

TEST_CASE("a row can have a file in a column and others in the table, in one transaction [B2]") {
  Gallery gallery;
  gallery.sql << "create table products(id integer primary key, cover text)";
  gallery.sql << "insert into products(id) values(1)";
  const ColumnField cover{.table = "products", .column = "cover", .key = "id"};
  const MediaListField images{{.table = "products", .collection = "images", .key = "id"}};
  Transaction tx(gallery.sql, gallery.shop.files);
  tx.replace(cover, 1, Gallery::text("cover"));
  tx.append(images, 1, Gallery::text("front"));
  tx.rollback();
  CHECK(gallery.kept().empty());
  tx.replace(cover, 1, Gallery::text("cover"));
  tx.append(images, 1, Gallery::text("front"));
  tx.commit();
  CHECK(gallery.kept() == std::set<std::string>{"cover", "front"});
  CHECK(cover.load(gallery.sql, 1)->file_name == "cover.txt");
  CHECK(images.load(gallery.sql, 1).items.at(0).file_name == "front.txt");
}

TEST_CASE("variants lie on the disk of their record, below its prefix [A18]") {
  Gallery gallery(
      std::vector<MediaCollection>{{.name = "images", .disk = "other", .presets = {"thumb"}}});
  const Attachment stored = gallery.attach(gallery.of("Product", 1), "front").attachment;
  const Variant& thumb = stored.variants.at("thumb");
  CHECK(stored.disk == "other");
  CHECK(thumb.disk == "other");
  const std::string prefix = stored.path.substr(0, stored.path.rfind('/') + 1);
  CHECK(prefix.ends_with("/" + stored.id + "/"));
  CHECK(thumb.path.starts_with(prefix + "variants/"));
}

TEST_CASE(
    "the application wires the library: its store, its disks, its converter, its clock [A10]") {
  Gallery gallery;
  const auto store = make_memory_media_store();
  const MediaLibrary library({.store = store, .files = gallery.shop.files});
  Transaction tx(gallery.sql, gallery.shop.files);
  const auto images = library.for_owner("Product", "kettle").collection("images");
  const MediaRecord record = images.attach(tx, Gallery::text("front"));
  tx.commit();
  CHECK(images.list().size() == 1);
  CHECK(record.attachment.created_at == gallery.shop.clock->now());
  CHECK(gallery.of("Product", 1).list().empty());
  CHECK(store->find(record.attachment.id, nullptr)->place.owner == MediaOwner{"Product", "kettle"});
}

TEST_CASE("the times of the media tables are those of the clock that their store is given [A10]") {
  Gallery gallery;
  const auto clock = std::make_shared<testing::ManualClock>();
  const auto store = make_soci_media_store(gallery.sql, {.clock = clock});
  const TimePoint start = clock->now();
  constexpr std::chrono::hours hour(1);
  Transaction tx(gallery.sql, gallery.shop.files);
  const auto found = [&](const char* id) { return store->find(id, &tx).value(); };
  MediaRecord record{.attachment = {.id = "a",
                                    .name = "a",
                                    .disk = "local",
                                    .path = "media/a",
                                    .size = 1,
                                    .mime_type = "text/plain"},
                     .place = {{"Product", "1"}, "images"}};
  store->append(tx, {record});
  CHECK(found("a").attachment.created_at == start);
  CHECK(found("a").updated_at == start);

  clock->advance(hour);
  record.attachment.id = "b";
  store->save(tx, record);
  store->save(tx, found("a"));
  CHECK(found("b").attachment.created_at == start + hour);
  CHECK(found("a").attachment.created_at == start);
  CHECK(found("a").updated_at == start + hour);

  clock->advance(hour);
  const Variant thumb{.disk = "local", .path = "media/t", .size = 1, .mime_type = "text/plain"};
  store->merge_variants(tx, "a", {{"thumb", thumb}});
  CHECK(found("a").updated_at == start + 2 * hour);

  clock->advance(hour);
  store->link(tx, {"a", {{"Page", "1"}, "images"}, 0});
  std::string linked;
  gallery.sql << "select created_at from media_links", soci::into(linked);
  CHECK(parse_time(linked) == start + 3 * hour);
  tx.commit();
}

TEST_CASE("a library has named disks with their urls, a folder and a limit of its own [D1]") {
  soci::session sql(soci::sqlite3, ":memory:");
  AttachmentManager files(
      {.disks = {{"local", make_memory_disk({.base_url = "/files"})},
                 {"archive", make_memory_disk({.base_url = "https://archive.example"})}},
       .max_size = 10,
       .key_prefix = "media"});
  ensure_schema(sql, files);
  const MediaLibrary library({.store = make_soci_media_store(sql),
                              .files = files,
                              .collections = {{.name = "papers", .disk = "archive"}}});
  const OwnerMedia product = library.for_owner("Product", 1);
  Transaction tx(sql, files);
  const MediaRecord image = product.collection("images").attach(tx, Gallery::text("front"));
  const MediaRecord paper = product.collection("papers").attach(tx, Gallery::text("terms"));
  const auto too_large = [&] {
    product.collection("images").attach(tx, Gallery::text("too large!!"));
  };
  CHECK(code_of(too_large) == Errc::too_large);
  tx.commit();
  CHECK(library.url(image) == "/files/media/" + image.attachment.id + "/front.txt");
  CHECK(library.url(paper) ==
        "https://archive.example/media/" + paper.attachment.id + "/terms.txt");
  CHECK(files.disks().get("archive").exists(Key::parse(paper.attachment.path)));
  CHECK_FALSE(files.disks().get("archive").exists(Key::parse(image.attachment.path)));
}

TEST_CASE("variants without a converter are refused before a byte is stored [A19]") {
  soci::session sql(soci::sqlite3, ":memory:");
  Workshop shop(Backing::memory, nullptr, nullptr);
  ensure_schema(sql, shop.files);
  const MediaLibrary library({.store = make_soci_media_store(sql),
                              .files = shop.files,
                              .collections = {{.name = "images", .presets = {"thumb"}}}});
  const OwnerCollection images = library.for_owner("Product", 1).collection("images");
  Transaction tx(sql, shop.files);
  CHECK(code_of([&] { images.attach(tx, Gallery::text("front")); }) == Errc::converter_missing);
  CHECK(shop.is_empty());
  CHECK(images.list().empty());
}
