#include <sstream>

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "catalogue.hpp"
#include "catch.hpp"
#include "statements.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

std::vector<std::string> names(const std::vector<Product>& products) {
  std::vector<std::string> all;
  for (const Product& one : products) all.push_back(one.name);
  return all;
}

std::string id_of(const Attachment& attachment) { return attachment.id; }

std::vector<std::string> ids(const AttachmentList& list) {
  std::vector<std::string> all;
  for (const Attachment& one : list.items) all.push_back(one.id);
  return all;
}

/// `makers` makers with three products each.
void fill(Catalogue& catalogue, int makers) {
  std::vector<Maker> all;
  std::vector<Product> products;
  for (int i = 0; i < makers; ++i) {
    all.push_back({.id = "maker-" + std::to_string(i), .name = "Maker " + std::to_string(i)});
    for (int n = 0; n < 3; ++n) {
      products.push_back({.id = 10 * i + n + 1,
                          .name = std::to_string(i) + std::string(1, static_cast<char>('a' + n)),
                          .stock = 3 - n,
                          .maker_id = all.back().id});
    }
  }
  catalogue.makers.create_all(all);
  catalogue.products.create_all(products);
}

}  // namespace

TEST_CASE("rows come with what is related to them, nested, filtered, ordered and cut [D11][E16]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    fill(catalogue, 4);

    const auto plain = catalogue.makers.find(Filter<Maker>().order_by(&Maker::name));
    REQUIRE(plain.size() == 4);
    CHECK(plain[1].products.empty());

    const Filter<Product> some = (where(&Product::stock) >= 2).order_by(&Product::stock);
    const auto makers = catalogue.makers.find(
        Filter<Maker>().order_by(&Maker::name).with(&Maker::products, some.with(&Product::maker)));
    REQUIRE(makers.size() == 4);
    CHECK(names(makers[1].products) == std::vector<std::string>{"1b", "1a"});
    REQUIRE(makers[1].products[0].maker);
    CHECK(makers[1].products[0].maker->name == "Maker 1");

    const auto first = catalogue.makers.find(
        Filter<Maker>()
            .order_by(&Maker::name)
            .with(&Maker::products,
                  Filter<Product>().order_by_descending(&Product::stock).limit(2).offset(1)));
    CHECK(names(first[2].products) == std::vector<std::string>{"2b", "2c"});

    // Without the column that the relation needs it is read all the same.
    const auto narrow = catalogue.products.find(
        Filter<Product>().fields(&Product::name).order_by(&Product::id).with(&Product::maker));
    REQUIRE(narrow.front().maker);
    CHECK(narrow.front().maker->name == "Maker 0");
    CHECK(narrow.front().stock == 0);

    // A row that is marked as deleted is no relation either.
    CHECK(catalogue.products.remove_by_id(1));
    const auto rest =
        catalogue.makers.find_by_id("maker-0", Filter<Maker>().with(&Maker::products));
    CHECK(names(rest->products) == std::vector<std::string>{"0b", "0c"});
  }
}

TEST_CASE("the statements for relations do not grow with the rows, on every database [D11]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    std::vector<long long> counts;
    for (const int makers : {2, 40}) {
      Catalogue catalogue(target);
      fill(catalogue, makers);
      StatementCount count(catalogue.db.sql);
      const auto found =
          catalogue.products.find(Filter<Product>()
                                      .with(&Product::maker, Filter<Maker>().with(&Maker::products))
                                      .with(&Product::cover)
                                      .with(&Product::gallery));
      CHECK(found.size() == static_cast<std::size_t>(3 * makers));
      counts.push_back(count.value());
    }
    CHECK(counts[0] == counts[1]);
    CHECK(counts[0] == 5);
  }
}

TEST_CASE("records are shared, ordered, taken out and put in with the owner's update [D5]-[D10]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const auto gallery_of = [&](long long id) {
      return products.find_by_id(id, Filter<Product>().with(&Product::gallery))->gallery;
    };
    const Product one = products.create(
        {.name = "one"}, {{&Product::gallery, {picture("coffee.png"), picture("coffee.png")}}});
    const Product two = products.create({.name = "two"});
    const auto mine = ids(one.gallery);
    REQUIRE(mine.size() == 2);

    // Attached twice is attached once; positions are those of the place.
    for (int i = 0; i < 2; ++i) {
      products.update_by_id(two.id, {}, {{&Product::gallery, MediaChange{.attach = mine}}});
    }
    CHECK(ids(gallery_of(two.id)) == mine);
    products.update_by_id(two.id, {},
                          {{&Product::gallery, MediaChange{.set = {{mine[1], mine[0]}}}}});
    CHECK(ids(gallery_of(two.id)) == std::vector<std::string>{mine[1], mine[0]});
    CHECK(ids(gallery_of(one.id)) == mine);

    products.update_by_id(
        two.id, {},
        {{&Product::gallery, MediaChange{.create = {picture("coffee.png")}, .detach = {mine[0]}}}});
    const auto now = ids(gallery_of(two.id));
    REQUIRE(now.size() == 2);
    CHECK(now[0] == mine[1]);
    // A shared record outlives the owner that it was stored for.
    const RemoveOptions permanent{.removal = Removal::permanent};
    CHECK(products.remove_by_id(one.id, permanent));
    CHECK(ids(gallery_of(two.id)) == now);
    const AttachmentList left = gallery_of(two.id);
    CHECK(catalogue.has_just({left.items[0], left.items[1]}));

    products.update_by_id(two.id, {}, {{&Product::cover, MediaChange{.set = {{now[0]}}}}});
    const auto with_cover = products.find_by_id(two.id, Filter<Product>().with(&Product::cover));
    REQUIRE(with_cover->cover);
    CHECK(id_of(*with_cover->cover) == now[0]);
    products.update_by_id(two.id, {}, {{&Product::gallery, no_file}});
    CHECK(catalogue.has_just({*with_cover->cover}));
  }
}

TEST_CASE("a change sets or creates, then detaches, then attaches, on every database [D10]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    std::ostringstream log;
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product owner =
        products.create({.name = "owner"},
                        {{&Product::gallery,
                          {picture("coffee.png"), picture("coffee.png"), picture("coffee.png")}}});
    const auto all = ids(owner.gallery);
    const Product other = products.create({.name = "other"});
    const auto change = [&](const MediaChange& what) {
      products.update_by_id(other.id, {}, {{&Product::gallery, what}});
      return ids(products.find_by_id(other.id, Filter<Product>().with(&Product::gallery))->gallery);
    };
    CHECK(change({.set = {{all[0], all[1]}}, .detach = {all[0]}, .attach = {all[2]}}) ==
          std::vector<std::string>{all[1], all[2]});

    // Of different ids the order shows in the statements alone.
    catalogue.db.sql.set_log_stream(&log);
    const auto left =
        change({.create = {picture("coffee.png")}, .detach = {all[1]}, .attach = {all[0]}});
    catalogue.db.sql.set_log_stream(nullptr);
    REQUIRE(left.size() == 3);
    CHECK(left[0] == all[2]);
    CHECK(left[2] == all[0]);
    const std::string links = catalogue.db.dialect().identifier(catalogue_media.links);
    const std::string media = catalogue.db.dialect().identifier(catalogue_media.media);
    const auto created = log.str().find("insert into " + media);
    const auto detached = log.str().find("delete from " + links);
    const auto attached = log.str().find("insert into " + links);
    REQUIRE(attached != std::string::npos);
    CHECK(created < detached);
    CHECK(detached < attached);
  }
}

TEST_CASE("the places of a record lead to the rows that have it, on every database [D15]",
          "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product one =
        products.create({.name = "one"}, {{&Product::gallery, picture("coffee.png")}});
    const std::string id = one.gallery.items.front().id;
    const Product two =
        products.create({.name = "two"}, {{&Product::gallery, MediaChange{.attach = {id}}}});
    products.create({.name = "three"}, {{&Product::gallery, picture("coffee.png")}});
    const MediaLibrary library(
        {.store = make_soci_media_store(catalogue.db.sql, {.tables = catalogue_media}),
         .files = catalogue.shop.files});
    std::vector<long long> keys;
    for (const MediaLink& link : library.places(id)) {
      CHECK(link.place.owner.type == "cat_products");
      CHECK(link.place.collection == "gallery");
      keys.push_back(std::stoll(link.place.owner.id));
    }
    CHECK(keys == std::vector<long long>{one.id, two.id});
    CHECK(names(products.find(where(&Product::id).in(keys).order_by(&Product::id))) ==
          std::vector<std::string>{"one", "two"});
  }
}

TEST_CASE("a change that a field does not know tells which one it knows [D18]", "[orm]") {
  Catalogue catalogue(targets().front());
  auto& products = catalogue.products;
  const Product made =
      products.create({.name = "one"}, {{&Product::gallery, picture("coffee.png")}});
  const std::string id = made.gallery.items.front().id;
  const auto text = [&](const FileChange<Product>& change) {
    const auto error = error_of([&] { products.update_by_id(made.id, {}, {change}); });
    return error ? std::string(error->message()) : std::string();
  };
  const std::string one =
      "A field for one attachment knows no attach and detach: use set, or no_file";
  CHECK(text({&Product::cover, MediaChange{.attach = {id}}}) == one);
  CHECK(text({&Product::cover, MediaChange{.detach = {id}}}) == one);
  CHECK(text({&Product::thumbnail, MediaChange{.detach = {id}}}) == one);
  CHECK(text({&Product::cover, MediaChange{.set = {{id, id}}}}) ==
        "A field for one attachment takes one; a field of media takes more");
  const std::string column =
      "Files of a column belong to one row: declare a medium or media to set or attach records";
  CHECK(text({&Product::manuals, MediaChange{.attach = {id}}}) == column);
  CHECK(text({&Product::manuals, MediaChange{.set = {{id}}}}) == column);
  CHECK(text({&Product::thumbnail, MediaChange{.set = {{id}}}}) == column);
  CHECK(text({&Product::gallery, MediaChange{.set = {{id}}, .create = {picture("coffee.png")}}}) ==
        "A field takes what exists (set) or what is new (create), not both");
}

TEST_CASE("a change of records that makes no sense changes nothing [D7][D8][D10][D18]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product made =
        products.create({.name = "one"}, {{&Product::gallery, picture("coffee.png")}});
    const std::string id = made.gallery.items.front().id;
    const std::string nobody = catalogue.shop.files.make_id();
    const auto refused = [&](FileChange<Product> change) {
      return code_of([&] { products.update_by_id(made.id, set(&Product::stock, 9), {change}); });
    };
    CHECK(refused({&Product::gallery, MediaChange{.set = {{nobody}}}}) == Errc::record_not_found);
    CHECK(refused({&Product::gallery, MediaChange{.detach = {id}, .attach = {id}}}) ==
          Errc::invalid_argument);
    CHECK(refused(
              {&Product::gallery, MediaChange{.set = {{id}}, .create = {picture("coffee.png")}}}) ==
          Errc::invalid_argument);
    CHECK(refused({&Product::cover, MediaChange{.attach = {id}}}) == Errc::invalid_argument);
    CHECK(refused({&Product::cover, MediaChange{.set = {{id, id}}}}) == Errc::invalid_argument);
    CHECK(refused({&Product::manuals, MediaChange{.attach = {id}}}) == Errc::invalid_argument);
    std::vector<FileInput> five;
    for (int i = 0; i < 5; ++i) five.emplace_back(picture("coffee.png"));
    CHECK(refused({&Product::gallery, five}) == Errc::invalid_argument);
    CHECK(refused({&Product::manuals, std::vector<FileInput>(five.begin(), five.begin() + 4)}) ==
          Errc::invalid_state);
    CHECK(products.find_by_id(made.id)->stock == 0);
    CHECK(catalogue.has_just({made.gallery.items.front()}));
  }
}

TEST_CASE("records of a field are chosen and ordered by what they are [D12][D13]", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    Catalogue catalogue(target);
    auto& products = catalogue.products;
    const Product made = products.create(
        {.name = "one"}, {{&Product::gallery,
                           {Source::from_memory("some text", "b.txt"), picture("coffee.png"),
                            Source::from_memory("more text", "a.txt")}}});
    const auto gallery = [&](const Filter<Medium>& scope) {
      return ids(
          products.find_by_id(made.id, Filter<Product>().with(&Product::gallery, scope))->gallery);
    };
    const auto all = ids(made.gallery);
    CHECK(gallery({}) == all);
    CHECK(gallery(where(&Medium::mime_type).starts_with("image/")) ==
          std::vector<std::string>{all[1]});
    CHECK(gallery((where(&Medium::mime_type) == "text/plain").order_by(&Medium::file_name)) ==
          std::vector<std::string>{all[2], all[0]});
    CHECK(gallery(Filter<Medium>().order_by_descending(&Medium::position).limit(2)) ==
          std::vector<std::string>{all[2], all[1]});
    CHECK(products.count(exists(&Product::gallery, where(&Medium::size) > 1'000'000)) == 0);
    CHECK(products.count(exists(&Product::gallery, where(&Medium::width) > 0)) == 1);
    CHECK(products.count(!exists(&Product::cover)) == 1);
  }
}
