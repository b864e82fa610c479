#pragma once

#include <affix/orm/model.hpp>
#include <optional>
#include <string>

/// A product with its pictures and papers, all of them in the media table.
struct Product {
  long long id = 0;
  std::string name{};
  std::optional<std::string> description{};
  double price = 0;
  std::optional<affix::Attachment> thumbnail{};  ///< One.
  affix::AttachmentList gallery{};               ///< Several, in an order.
  affix::AttachmentList documents{};             ///< Several, in an order.
};

template <>
struct affix::Model<Product> {
  static constexpr auto mapping = affix::table(
      "products", affix::key("id", &Product::id), affix::column("name", &Product::name),
      affix::column("description", &Product::description), affix::column("price", &Product::price),
      affix::medium("thumbnail", &Product::thumbnail, {.variants = {"thumb"}}),
      affix::media("gallery", &Product::gallery,
                   {.variants = {"thumb"}, .accepts = {"image/jpeg", "image/png", "image/webp"}}),
      affix::media("documents", &Product::documents,
                   {.accepts = {"application/pdf", "text/plain"}}));
};
