#pragma once

#include <set>
#include <string>

#include "catalogue.hpp"

namespace affix::tests {

using Names = std::set<std::string>;

inline Names found(Catalogue& catalogue, const Filter<Product>& filter) {
  Names all;
  for (const Product& one : catalogue.products.find(filter)) all.insert(one.name);
  return all;
}

inline Names found(Catalogue& catalogue, const nlohmann::json& where) {
  return found(catalogue, Filter<Product>::from_json({{"where", where}}));
}

inline void fill(Catalogue& catalogue) {
  catalogue.products.create_all(
      {{.name = "Ape", .note = "big", .stock = 1, .price = 0.5, .active = true},
       {.name = "ape", .note = std::nullopt, .stock = 2, .price = 1.5, .tags = {"a", "b"}},
       {.name = "50%_!", .note = "", .stock = 3, .price = 2.5, .weight = 1, .tags = {"b", 3}},
       {.name = "[a*?]", .note = "Big one", .stock = 4, .price = -1, .active = true}});
}

}  // namespace affix::tests
