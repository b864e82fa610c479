#pragma once

#include <memory>
#include <optional>
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

struct Maker;

/// One member of every kind.
struct Product {
  long long id = 0;
  std::string name{};
  std::optional<std::string> note{};
  int stock = 0;
  double price = 0;
  std::optional<double> weight{};
  bool active = false;
  nlohmann::json tags = nlohmann::json::array();
  std::string secret{};
  std::optional<std::string> maker_id{};
  TimePoint created_at{};
  TimePoint modified_at{};
  std::string modified_by{};
  std::optional<TimePoint> deleted_at{};
  std::optional<Attachment> thumbnail{};
  AttachmentList manuals{};
  std::optional<Attachment> cover{};
  AttachmentList gallery{};
  std::shared_ptr<Maker> maker{};
};

struct Maker {
  std::string id{};
  std::string name{};
  std::vector<Product> products{};
};

inline const MediaTables catalogue_media{
    .media = "cat_media", .links = "cat_links", .positions = "cat_places"};

}  // namespace affix::tests

template <>
struct affix::Model<affix::tests::Maker> {
  using Maker = affix::tests::Maker;
  static constexpr auto mapping =
      affix::table("cat_makers", affix::key("id", &Maker::id), affix::column("name", &Maker::name),
                   affix::has_many("products", &Maker::products, &affix::tests::Product::maker_id));
};

template <>
struct affix::Model<affix::tests::Product> {
  using Product = affix::tests::Product;
  static constexpr auto mapping = affix::table(
      "cat_products", affix::key("id", &Product::id),
      affix::column("name", &Product::name, {.length = 200}), affix::column("note", &Product::note),
      affix::column("stock", &Product::stock), affix::column("price", &Product::price),
      affix::column("weight", &Product::weight), affix::column("active", &Product::active),
      affix::column("tags", &Product::tags),
      affix::column("secret", &Product::secret, {.hidden = true}),
      affix::column("maker_id", &Product::maker_id, {.length = 36}),
      affix::created_at("created_at", &Product::created_at),
      affix::modified_at("modified_at", &Product::modified_at),
      affix::modified_by("modified_by", &Product::modified_by),
      affix::deleted_at("deleted_at", &Product::deleted_at),
      affix::attachment("thumbnail", &Product::thumbnail, {.variants = {"thumb"}}),
      affix::attachments("manuals", &Product::manuals, {.max_items = 3}),
      affix::medium("cover", &Product::cover,
                    {.variants = {"thumb"}, .tables = &affix::tests::catalogue_media}),
      affix::media("gallery", &Product::gallery,
                   {.max_items = 4, .tables = &affix::tests::catalogue_media}),
      affix::belongs_to("maker", &Product::maker, &Product::maker_id));
};

namespace affix::tests {

/// The tables of both models, empty, with repositories for them.
class Catalogue {
 public:
  explicit Catalogue(const Target& target)
      : db(target),
        ledger(db.ledger()),
        shop(Backing::memory, nullptr, make_vips_converter(), ledger),
        source("catalogue", db.sql),
        products(source, shop.files, options()),
        makers(source) {
    drop();
    ensure_schema(db.sql, shop.files);
    ensure_model_schema<Maker>(db.sql);
    ensure_model_schema<Product>(db.sql);
    ensure_media_schema(db.sql, catalogue_media);
  }
  ~Catalogue() {
    try {
      drop();
    } catch (const std::exception&) {
      // The next test tries it again.
    }
  }

  bool has_just(const std::vector<Attachment>& attachments) {
    return tests::has_just(db, shop, attachments);
  }

  Database db;
  LedgerOptions ledger;
  Workshop shop;
  DataSource source;
  Repository<Product> products;
  Repository<Maker> makers;

 private:
  RepositoryOptions options() {
    return {.user = [] { return "ada"; }, .clock = shop.clock};
  }
  void drop() {
    abandon_transaction(db.sql);
    for (const char* table :
         {"cat_makers", "cat_products", "cat_media", "cat_links", "cat_places"}) {
      if (db.dialect().has_table(db.sql, table)) {
        db.done();
        db.run(std::string("drop table ") + table);
      }
      db.done();
    }
  }
  static void abandon_transaction(soci::session& sql) {
    if (in_transaction(sql)) sql.rollback();
  }
};

}  // namespace affix::tests
