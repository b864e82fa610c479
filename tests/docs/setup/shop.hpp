#pragma once

#include "affix/orm/repository.hpp"

struct Maker;

struct Review {
  long long id = 0;
  long long product_id = 0;
  int stars = 0;
  std::string text{};
};

struct Label {
  long long id = 0;
  long long product_id = 0;
  std::string barcode{};
};

struct Product {
  long long id = 0;
  std::string name{};
  std::optional<std::string> note{};
  double price = 0;
  bool active = true;
  nlohmann::json tags = nlohmann::json::array();
  std::string cost_code{};
  std::optional<std::string> maker_id{};
  affix::TimePoint created_at{};
  affix::TimePoint modified_at{};
  std::string modified_by{};
  std::optional<affix::TimePoint> deleted_at{};
  std::optional<affix::Attachment> thumbnail{};
  affix::AttachmentList manuals{};
  std::optional<affix::Attachment> cover{};
  affix::AttachmentList gallery{};
  std::shared_ptr<Maker> maker{};
  std::vector<Review> reviews{};
  std::optional<Label> label{};
};

struct Maker {
  std::string id{};
  std::string name{};
  std::vector<Product> products{};
};

struct Article {
  std::string slug{};
  affix::AttachmentList figures{};
};

template <>
struct affix::Model<Maker> {
  static constexpr auto mapping =
      affix::table("makers", affix::key("id", &Maker::id), affix::column("name", &Maker::name),
                   affix::has_many("products", &Maker::products, &Product::maker_id));
};

template <>
struct affix::Model<Review> {
  static constexpr auto mapping = affix::table(
      "reviews", affix::key("id", &Review::id), affix::column("product_id", &Review::product_id),
      affix::column("stars", &Review::stars), affix::column("text", &Review::text));
};

template <>
struct affix::Model<Label> {
  static constexpr auto mapping = affix::table("labels", affix::key("id", &Label::id),
                                               affix::column("product_id", &Label::product_id),
                                               affix::column("barcode", &Label::barcode));
};

template <>
struct affix::Model<Product> {
  static constexpr auto mapping = affix::table(
      "products", affix::key("id", &Product::id), affix::column("name", &Product::name),
      affix::column("note", &Product::note), affix::column("price", &Product::price),
      affix::column("active", &Product::active), affix::column("tags", &Product::tags),
      affix::column("cost_code", &Product::cost_code, {.hidden = true}),
      affix::column("maker_id", &Product::maker_id, {.length = 36}),
      affix::created_at("created_at", &Product::created_at),
      affix::modified_at("modified_at", &Product::modified_at),
      affix::modified_by("modified_by", &Product::modified_by),
      affix::deleted_at("deleted_at", &Product::deleted_at),
      affix::attachment("thumbnail", &Product::thumbnail, {.variants = {"thumb"}}),
      affix::attachments("manuals", &Product::manuals), affix::medium("cover", &Product::cover),
      affix::media("gallery", &Product::gallery),
      affix::belongs_to("maker", &Product::maker, &Product::maker_id),
      affix::has_many("reviews", &Product::reviews, &Review::product_id),
      affix::has_one("label", &Product::label, &Label::product_id));
};

template <>
struct affix::Model<Article> {
  static constexpr auto mapping = affix::table("articles", affix::key("slug", &Article::slug),
                                               affix::media("figures", &Article::figures));
};

extern soci::session sql;
extern affix::AttachmentManager files;
extern affix::DataSource source;
extern const affix::Repository<Product> products;
extern const affix::Repository<Maker> makers;
extern const affix::Repository<Article> articles;
extern const Product product;
extern const std::string first;
extern const std::string second;
