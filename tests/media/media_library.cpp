#include "affix/media/media_library.hpp"

#include "catch.hpp"
#include "gallery.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

using Names = std::vector<std::string>;
using Kept = std::set<std::string>;
using Rules = std::vector<MediaCollection>;

}  // namespace

TEST_CASE("what is attached is listed in its order, with its url [C1]") {
  Gallery gallery;
  const OwnerCollection images = gallery.of("Product", 42);
  const MediaRecord front = gallery.attach(images, "front");
  const MediaRecord back = gallery.attach(images, "back");
  const auto records = images.list();
  REQUIRE(records.size() == 2);
  CHECK(Gallery::names(records) == Names{"front", "back"});
  CHECK(records[0].attachment == front.attachment);
  CHECK(records[1].position == 1);
  CHECK(gallery.library->url(records[0]) == gallery.shop.files.url(front.attachment));
  CHECK(gallery.library->for_owner("Product", "42").list().size() == 2);
  CHECK(gallery.of("Product", 7).list().empty());
  CHECK(gallery.kept() == Kept{"front", "back"});
}

TEST_CASE("the name of a record is the file's without its extension [C4]") {
  Gallery gallery;
  CHECK(gallery.attach(gallery.of("Product", 1), "front").attachment.name == "front");
  const MediaRecord named = gallery.committed([&](Transaction& tx) {
    return gallery.of("Product", 1)
        .attach(tx, Gallery::text("back"), {.file_name = "b.txt", .name = "The back"});
  });
  CHECK(named.attachment.name == "The back");
  CHECK(named.attachment.file_name == "b.txt");
}

TEST_CASE("a name from a stranger becomes a harmless display name that fits") {
  Gallery gallery;
  const std::string hostile = "../../" + std::string(5'000, 'a') + ".txt";
  const MediaRecord record = gallery.committed([&](Transaction& tx) {
    return gallery.of("Product", 1).attach(tx, Source::from_memory("text", hostile));
  });
  CHECK(record.attachment.name.size() <= 255);
  CHECK(record.attachment.name.find('/') == std::string::npos);
  CHECK(gallery.library->find(record.attachment.id)->attachment == record.attachment);
  const MediaRecord pending = gallery.committed([&](Transaction& tx) {
    return gallery.of("Product", 1)
        .attach(tx, gallery.shop.files.create(Gallery::text("front")), {.name = "The front"});
  });
  CHECK(pending.attachment.name == "The front");
}

TEST_CASE("what does not fit into a row is refused before it is stored, and the work can go on") {
  Gallery gallery;
  Transaction tx(gallery.sql, gallery.shop.files);
  const auto refused = [&](const OwnerCollection& where, const AttachOptions& options = {}) {
    return code_of([&] { where.attach(tx, Gallery::text("front"), options); }) ==
           Errc::invalid_argument;
  };
  CHECK(refused(gallery.of("", 1)));
  CHECK(refused(gallery.of(std::string(101, 'a'), 1)));
  CHECK(refused(gallery.of("Product", 1, std::string(101, 'a'))));
  CHECK(refused(gallery.of("Product", 1), {.name = std::string(256, 'a')}));
  CHECK(refused(gallery.of("Product", 1), {.custom_properties = 5}));
  CHECK(gallery.shop.is_empty());
  gallery.of("Product", 1).attach(tx, Gallery::text("front"));
  tx.commit();
  CHECK(gallery.kept() == Kept{"front"});
}

TEST_CASE("a variant can be made of what this unit of work has attached") {
  Gallery gallery(
      Rules{{.name = "images", .presets = {"thumb"}, .variants = MediaCollection::Variants::lazy}});
  Transaction tx(gallery.sql, gallery.shop.files);
  const MediaRecord record = gallery.of("Product", 1).attach(tx, Gallery::text("front"));
  CHECK(gallery.library->ensure_variant(tx, record.attachment.id, "thumb")
            .attachment.variants.contains("thumb"));
  tx.commit();
}

TEST_CASE("a rollback takes record and file back") {
  Gallery gallery;
  {
    Transaction tx(gallery.sql, gallery.shop.files);
    gallery.of("Product", 1).attach(tx, Gallery::text("front"));
    tx.rollback();
  }
  CHECK(gallery.of("Product", 1).list().empty());
  CHECK(gallery.kept().empty());
  CHECK(gallery.shop.is_empty());
}

TEST_CASE("a collection refuses what it does not accept before a byte is on the disk [C3] [D16]") {
  Gallery gallery(Rules{{.name = "images", .accepts = {"image/jpeg"}},
                        {.name = "notes", .max_size = 3},
                        {.name = "elsewhere", .disk = "other"}});
  Transaction tx(gallery.sql, gallery.shop.files);
  CHECK(code_of([&] { gallery.of("Product", 1).attach(tx, Gallery::text("front")); }) ==
        Errc::type_not_allowed);
  CHECK(code_of([&] { gallery.of("Product", 1, "notes").attach(tx, Gallery::text("front")); }) ==
        Errc::too_large);
  CHECK(gallery.shop.is_empty());
  const MediaRecord other = gallery.of("Product", 1, "elsewhere").attach(tx, Gallery::text("a"));
  CHECK(other.attachment.disk == "other");
  CHECK(gallery.of("Product", 1, "of no rules").attach(tx, Gallery::text("b")).attachment.disk ==
        "local");
}

TEST_CASE("a pending file that is against the rules is removed [D16]") {
  Gallery gallery(Rules{{.name = "images", .accepts = {"image/jpeg"}}});
  Transaction tx(gallery.sql, gallery.shop.files);
  auto pending = gallery.shop.files.create(Gallery::text("front"));
  CHECK(code_of([&] { gallery.of("Product", 1).attach(tx, std::move(pending)); }) ==
        Errc::type_not_allowed);
  CHECK(gallery.shop.is_empty());
}

TEST_CASE("a single collection replaces only with the commit [C3] [nestjs-media 4]") {
  Gallery gallery(Rules{{.name = "cover", .single = true}});
  const OwnerCollection cover = gallery.of("Product", 1, "cover");
  gallery.attach(cover, "old");
  {
    Transaction tx(gallery.sql, gallery.shop.files);
    cover.attach(tx, Gallery::text("lost"));
    CHECK(Gallery::names(cover.list(tx)) == Names{"lost"});
  }
  CHECK(Gallery::names(cover.list()) == Names{"old"});
  CHECK(gallery.kept() == Kept{"old"});
  gallery.attach(cover, "new");
  CHECK(Gallery::names(cover.list()) == Names{"new"});
  CHECK(cover.first()->attachment.name == "new");
  CHECK(gallery.kept() == Kept{"new"});
}

TEST_CASE("a collection keeps its latest records") {
  Gallery gallery(Rules{{.name = "images", .keep_latest = 2}});
  const OwnerCollection images = gallery.of("Product", 1);
  for (const char* name : {"a", "b", "c", "d"}) gallery.attach(images, name);
  CHECK(Gallery::names(images.list()) == Names{"c", "d"});
  CHECK(gallery.kept() == Kept{"c", "d"});
}

TEST_CASE("a failing put loses neither the old record nor its file [nestjs-media 4]") {
  Gallery gallery(Rules{{.name = "cover", .single = true}});
  const OwnerCollection cover = gallery.of("Product", 1, "cover");
  gallery.attach(cover, "old");
  for (const int operation : {1, 2}) {
    gallery.shop.disk->fail_at(operation);
    Transaction tx(gallery.sql, gallery.shop.files);
    CHECK_THROWS_AS(cover.attach(tx, Gallery::text("new")), Error);
    gallery.shop.disk->fail_at(0);
    tx.rollback();
  }
  CHECK(Gallery::names(cover.list()) == Names{"old"});
  CHECK(gallery.kept() == Kept{"old"});
}

TEST_CASE("one file is shared by many, and goes with the last of them [D4] [D8] [D14]") {
  Gallery gallery;
  const OwnerCollection product = gallery.of("Product", 1);
  const OwnerCollection page = gallery.of("Page", 1, "figures");
  const std::string id = gallery.attach(product, "front").attachment.id;
  const std::vector<std::string> ids{id};
  const auto attach = [&](Transaction& tx) { return page.attach(tx, ids); };
  CHECK(gallery.committed(attach) == 1);
  CHECK(gallery.committed(attach) == 0);  // Twice is once.
  CHECK(Gallery::names(page.list()) == Names{"front"});
  CHECK(gallery.library->places(id).size() == 2);

  // The creator goes first: the record passes to the other one.
  CHECK(gallery.committed([&](Transaction& tx) { return product.detach(tx, ids); }) == 1);
  CHECK(product.list().empty());
  CHECK(Gallery::names(page.list()) == Names{"front"});
  CHECK(gallery.library->find(id)->place == page.place());
  CHECK(gallery.kept() == Kept{"front"});

  CHECK(gallery.committed([&](Transaction& tx) { return page.detach(tx, ids); }) == 1);
  CHECK_FALSE(gallery.library->find(id));
  CHECK(gallery.kept().empty());
  CHECK(gallery.committed([&](Transaction& tx) { return page.detach(tx, ids); }) == 0);
}

TEST_CASE("a record that nobody has any more goes, unless a collection says something else [D9]") {
  CHECK(MediaCollection{}.unreferenced == Unreferenced::remove);
  Gallery gallery(Rules{{.name = "images"}});
  for (const char* name : {"images", "of no rules"}) {
    const OwnerCollection images = gallery.of("Product", 1, name);
    const std::vector<std::string> ids{gallery.attach(images, "front").attachment.id};
    gallery.committed([&](Transaction& tx) { return images.detach(tx, ids); });
    CHECK_FALSE(gallery.library->find(ids[0]));
    CHECK(gallery.kept().empty());
  }
}

TEST_CASE("a record that nobody has can be kept, and be attached again [D9]") {
  Gallery gallery(Rules{{.name = "images", .unreferenced = Unreferenced::keep}});
  const OwnerCollection images = gallery.of("Product", 1);
  const std::vector<std::string> ids{gallery.attach(images, "front").attachment.id};
  gallery.committed([&](Transaction& tx) { return images.detach(tx, ids); });
  CHECK(images.list().empty());
  CHECK(gallery.library->find(ids[0]));
  CHECK(gallery.kept() == Kept{"front"});
  gallery.committed([&](Transaction& tx) { return gallery.of("Product", 2).attach(tx, ids); });
  CHECK(gallery.library->find(ids[0])->place == gallery.of("Product", 2).place());
  CHECK(gallery.committed([&](Transaction& tx) { return gallery.library->remove(tx, ids[0]); }));
  CHECK(gallery.kept().empty());
  CHECK_FALSE(
      gallery.committed([&](Transaction& tx) { return gallery.library->remove(tx, ids[0]); }));
}

TEST_CASE("attaching what does not exist changes nothing [D7]") {
  Gallery gallery;
  const OwnerCollection images = gallery.of("Product", 1);
  const std::string there = gallery.attach(gallery.of("Page", 1), "front").attachment.id;
  const std::vector<std::string> ids{there, gallery.shop.files.make_id()};
  Transaction tx(gallery.sql, gallery.shop.files);
  CHECK(code_of([&] { images.attach(tx, ids); }) == Errc::record_not_found);
  CHECK(code_of([&] { images.set(tx, ids); }) == Errc::record_not_found);
  CHECK(images.list(tx).empty());
  tx.commit();  // It can go on.
  CHECK(images.list().empty());
}

TEST_CASE("set makes the list what it says, in that order [D7] [D10]") {
  Gallery gallery;
  const OwnerCollection images = gallery.of("Product", 1);
  Names ids;
  for (const char* name : {"a", "b", "c"})
    ids.push_back(gallery.attach(images, name).attachment.id);
  const std::string shared = gallery.attach(gallery.of("Page", 1), "d").attachment.id;
  const auto set = [&](const Names& wanted) {
    gallery.committed([&](Transaction& tx) {
      images.set(tx, wanted);
      return 0;
    });
  };
  set({shared, ids[2], ids[0]});
  CHECK(Gallery::names(images.list()) == Names{"d", "c", "a"});
  CHECK(gallery.kept() == Kept{"a", "c", "d"});
  set({ids[0], shared, ids[2]});
  CHECK(Gallery::names(images.list()) == Names{"a", "d", "c"});
  gallery.attach(images, "e");
  CHECK(Gallery::names(images.list()) == Names{"a", "d", "c", "e"});
  set({});
  CHECK(images.list().empty());
  CHECK(gallery.kept() == Kept{"d"});
}

TEST_CASE("set takes a record once, and not more than the collection takes") {
  Gallery gallery(Rules{{.name = "cover", .single = true}});
  const OwnerCollection cover = gallery.of("Product", 1, "cover");
  const std::string a = gallery.attach(gallery.of("Page", 1), "a").attachment.id;
  const std::string b = gallery.attach(gallery.of("Page", 1), "b").attachment.id;
  Transaction tx(gallery.sql, gallery.shop.files);
  const auto set = [&](const Names& ids) { return code_of([&] { cover.set(tx, ids); }); };
  CHECK(set({a, a}) == Errc::invalid_argument);
  CHECK(set({a, b}) == Errc::invalid_argument);
  cover.set(tx, Names{a});
  cover.set(tx, Names{b});
  tx.commit();
  CHECK(Gallery::names(cover.list()) == Names{"b"});
  CHECK(gallery.of("Page", 1).list().size() == 2);
}

TEST_CASE("records are put into another order, shared ones too") {
  Gallery gallery;
  const OwnerCollection images = gallery.of("Product", 1);
  Names ids;
  for (const char* name : {"a", "b"}) ids.push_back(gallery.attach(images, name).attachment.id);
  ids.push_back(gallery.attach(gallery.of("Page", 1), "c").attachment.id);
  gallery.committed([&](Transaction& tx) { return images.attach(tx, std::span(ids).last(1)); });
  Transaction tx(gallery.sql, gallery.shop.files);
  images.reorder(tx, Names{ids[2], ids[1], ids[0]});
  CHECK(code_of([&] { images.reorder(tx, Names{ids[0], ids[1]}); }) == Errc::invalid_argument);
  CHECK(code_of([&] {
          images.reorder(tx, Names{ids[0], ids[1], ids[1]});
        }) == Errc::invalid_argument);
  tx.commit();
  CHECK(Gallery::names(images.list()) == Names{"c", "b", "a"});
  CHECK(gallery.of("Page", 1).list().front().position == 0);
}

TEST_CASE("another order does not change who inherits a shared file") {
  Gallery gallery;
  const OwnerCollection creator = gallery.of("Product", 1);
  const Names ids{gallery.attach(creator, "a").attachment.id,
                  gallery.attach(creator, "b").attachment.id};
  const OwnerCollection first = gallery.of("Page", 1);
  const OwnerCollection second = gallery.of("Page", 2);
  for (const OwnerCollection& page : {first, second}) {
    gallery.committed([&](Transaction& tx) { return page.attach(tx, ids); });
  }
  Transaction tx(gallery.sql, gallery.shop.files);
  first.reorder(tx, Names{ids[1], ids[0]});
  first.set(tx, Names{ids[0], ids[1]});
  first.set(tx, Names{ids[1], ids[0]});
  creator.clear(tx);
  tx.commit();
  for (const std::string& id : ids) CHECK(gallery.library->find(id)->place == first.place());
  CHECK(Gallery::names(first.list()) == Names{"b", "a"});
  CHECK(Gallery::names(second.list()) == Names{"a", "b"});
}

TEST_CASE("a variant is made when it is asked for, once [A16] [A17]") {
  Gallery gallery(
      {{.name = "images", .presets = {"thumb"}, .variants = MediaCollection::Variants::lazy}});
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  CHECK(record.attachment.variants.empty());
  const auto ensure = [&](Transaction& tx) {
    return gallery.library->ensure_variant(tx, record.attachment.id, "thumb");
  };
  const MediaRecord made = gallery.committed(ensure);
  CHECK(made.attachment.variants.at("thumb").size == 14);  // `thumb of front`
  CHECK(gallery.library->find(record.attachment.id)->attachment == made.attachment);
  CHECK(gallery.committed(ensure).attachment == made.attachment);
  Transaction tx(gallery.sql, gallery.shop.files);
  CHECK(code_of([&] { gallery.library->ensure_variant(tx, record.attachment.id, "card"); }) ==
        Errc::unknown_variant);
  CHECK(code_of([&] {
          gallery.library->ensure_variant(tx, gallery.shop.files.make_id(), "thumb");
        }) == Errc::record_not_found);
}

TEST_CASE("eager variants are there with the record [A16]") {
  Gallery gallery(Rules{{.name = "images", .presets = {"thumb"}}});
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  CHECK(record.attachment.variants.contains("thumb"));
  CHECK(gallery.of("Product", 1).list().front().attachment == record.attachment);
}

TEST_CASE("a record's own facts are changed without losing anybody's others") {
  Gallery gallery;
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  const std::string& id = record.attachment.id;
  const auto change = [&](const std::string& path, const nlohmann::json& value) {
    return gallery.committed([&](Transaction& tx) {
      return gallery.library->update(tx, id, [&](MediaRecord& one) {
        set_custom_property(one, path, value);
        one.attachment.path = "attachments/somebody-elses";
      });
    });
  };
  change("alt.en", "The front");
  change("alt.de", "Vorne");
  const MediaRecord changed = change("rating", 5);
  CHECK(changed.attachment == record.attachment);
  const MediaRecord found = *gallery.library->find(id);
  CHECK(custom_property(found, "alt.en") == "The front");
  CHECK(custom_property(found, "alt.de") == "Vorne");
  CHECK(custom_property(found, "rating") == 5);
  CHECK(custom_property(found, "alt.fr").is_null());
  CHECK(custom_property(found, "rating.of.what").is_null());
}

TEST_CASE("a property is set and removed by its path") {
  MediaRecord record;
  set_custom_property(record, "a.b.c", 1);
  set_custom_property(record, "a.d", 2);
  CHECK(record.custom_properties == nlohmann::json{{"a", {{"b", {{"c", 1}}}, {"d", 2}}}});
  set_custom_property(record, "a.b", nullptr);
  set_custom_property(record, "x.y.z", nullptr);
  CHECK(record.custom_properties == nlohmann::json{{"a", {{"d", 2}}}});
  CHECK(code_of([&] { set_custom_property(record, "a.d.e", 1); }) == Errc::invalid_argument);
  for (const char* path : {"", ".", "a.", ".a", "a..b"}) {
    CHECK(code_of([&] { set_custom_property(record, path, 1); }) == Errc::invalid_argument);
  }
  CHECK(record.custom_properties == nlohmann::json{{"a", {{"d", 2}}}});
}

TEST_CASE("owners that are removed take with them what nobody else has [D17] [bknd]") {
  Gallery gallery;
  for (const int id : {1, 2, 3}) {
    gallery.attach(gallery.of("Product", id), "p" + std::to_string(id));
    gallery.attach(gallery.of("Product", id, "manuals"), "m" + std::to_string(id));
  }
  const std::vector<std::string> shared{gallery.of("Product", 1).list().front().attachment.id};
  gallery.committed([&](Transaction& tx) { return gallery.of("Page", 9).attach(tx, shared); });
  const std::vector<RowKey> ids{1, 2};
  {
    Transaction tx(gallery.sql, gallery.shop.files);
    gallery.library->remove_owners(tx, "Product", ids);
    tx.commit();
  }
  CHECK(gallery.of("Product", 1).list().empty());
  CHECK(Gallery::names(gallery.of("Page", 9).list()) == Names{"p1"});
  CHECK(gallery.kept() == Kept{"p1", "p3", "m3"});
}

TEST_CASE("an owner with media can be kept from being removed, or leave them behind [D17]") {
  Gallery gallery(Rules{{.name = "contracts", .on_owner_removed = OwnerRemoval::restrict},
                        {.name = "images", .on_owner_removed = OwnerRemoval::detach}});
  const std::string image = gallery.attach(gallery.of("Product", 1), "image").attachment.id;
  gallery.attach(gallery.of("Product", 2, "contracts"), "contract");
  const std::vector<RowKey> both{1, 2};
  Transaction tx(gallery.sql, gallery.shop.files);
  CHECK(code_of([&] { gallery.library->remove_owners(tx, "Product", both); }) ==
        Errc::invalid_state);
  CHECK(gallery.of("Product", 1).list(tx).size() == 1);
  gallery.library->remove_owners(tx, "Product", std::span(both).first(1));
  tx.commit();
  CHECK(gallery.of("Product", 1).list().empty());
  CHECK(gallery.library->find(image)->place == MediaPlace{});
  CHECK(gallery.kept() == Kept{"image", "contract"});
}

TEST_CASE("rules that make no sense are refused") {
  const auto member = [](Rules rules) {
    try {
      const Gallery gallery(std::move(rules));
    } catch (const Error& error) {
      return error.where().member;
    }
    return std::string();
  };
  CHECK(member({{.name = "a"}, {.name = "b"}}).empty());
  CHECK(member({{.name = "a"}, {.name = "a"}}) == "collections.a");
  CHECK(member({{.name = ""}}) == "collections.");
  CHECK(member({{.name = "a", .single = true, .keep_latest = 2}}) == "collections.a");
  CHECK(member({{.name = "a", .disk = "nowhere"}}) == "collections.a");
  CHECK(member({{.name = "a", .presets = {"unknown"}}}) == "collections.a");
  CHECK(member({{.name = "a", .max_size = -1}}) == "collections.a");
}

TEST_CASE("a collection names its files [C2]") {
  Gallery gallery(
      {{.name = "images", .naming = [](const std::string& name) { return "image-" + name; }}});
  const MediaRecord record = gallery.attach(gallery.of("Product", 1), "front");
  CHECK(record.attachment.file_name == "image-front.txt");
  CHECK(record.attachment.name == "front");
}

TEST_CASE("a file lies on the disk of its call, else of its collection, else on the default [C2]") {
  Gallery gallery(Rules{{.name = "elsewhere", .disk = "other"}});
  const auto disk = [&](const char* collection, const std::string& of_call) {
    return gallery
        .committed([&](Transaction& tx) {
          return gallery.of("Product", 1, collection)
              .attach(tx, Gallery::text("front"), {.disk = of_call});
        })
        .attachment.disk;
  };
  const std::string usual = disk("images", "");
  CHECK(usual != "other");
  CHECK(disk("elsewhere", "") == "other");
  CHECK(disk("elsewhere", usual) == usual);
  CHECK(disk("images", "other") == "other");
}

TEST_CASE("what is just attached is not what has to go, whoever else numbers the positions") {
  Gallery gallery(Rules{{.name = "images", .keep_latest = 3}});
  const OwnerCollection images = gallery.of("Product", 1);
  gallery.attach(images, "first");
  for (int i = 1; i <= 3; ++i) {  // As another program, which does not know the counter.
    MediaRecord record = gallery.attach(gallery.of("Product", 2), "theirs " + std::to_string(i));
    record.place = images.place();
    record.position = i + 10;
    gallery.committed([&](Transaction& tx) {
      gallery.store->save(tx, record);
      return true;
    });
  }
  gallery.attach(images, "new");
  const Names names = Gallery::names(images.list());
  CHECK(names.size() == 3);
  CHECK(std::ranges::find(names, "new") != names.end());
}

TEST_CASE("more records than a collection takes are not shared with it") {
  Gallery gallery(Rules{{.name = "cover", .single = true}});
  const std::string one = gallery.attach(gallery.of("Product", 1), "one").attachment.id;
  const std::string other = gallery.attach(gallery.of("Product", 1), "other").attachment.id;
  const std::vector<std::string> both{one, other};
  Transaction tx(gallery.sql, gallery.shop.files);
  CHECK(code_of([&] { gallery.of("Page", 1, "cover").attach(tx, both); }) ==
        Errc::invalid_argument);
  CHECK(gallery.of("Page", 1, "cover").attach(tx, std::span(both).first(1)) == 1);
  tx.commit();
  CHECK(Gallery::names(gallery.of("Page", 1, "cover").list()) == Names{"one"});
  CHECK(gallery.kept() == Kept{"one", "other"});
}

TEST_CASE("the tables are made when the first file is attached") {
  soci::session sql(soci::sqlite3, ":memory:");
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  ensure_schema(sql, shop.files);
  const MediaLibrary library({.store = make_soci_media_store(sql), .files = shop.files});
  const OwnerCollection images = library.for_owner("Product", 1).collection("images");
  Transaction tx(sql, shop.files);
  images.attach(tx, Gallery::text("front"));
  images.attach(tx, shop.files.create(Gallery::text("back")));
  tx.commit();
  CHECK(Gallery::names(images.list()) == Names{"front", "back"});
}
