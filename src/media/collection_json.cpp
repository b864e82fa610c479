#include "affix/media/collection_json.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace affix {
namespace {

using Json = nlohmann::json;
using Variants = MediaCollection::Variants;

constexpr std::array variants_words{std::pair{"eager", Variants::eager},
                                    std::pair{"lazy", Variants::lazy},
                                    std::pair{"queued", Variants::queued}};
constexpr std::array unreferenced_words{std::pair{"remove", Unreferenced::remove},
                                        std::pair{"keep", Unreferenced::keep}};
constexpr std::array removal_words{
    std::pair{"removeUnreferenced", OwnerRemoval::remove_unreferenced},
    std::pair{"detach", OwnerRemoval::detach}, std::pair{"restrict", OwnerRemoval::restrict}};

template <class Words, class Value>
const char* word_of(const Words& words, Value value) {
  return std::ranges::find(words, value, [](const auto& one) { return one.second; })->first;
}

[[noreturn]] void refuse(std::string_view message, const std::string& member) {
  throw Error(Errc::invalid_argument, message, {.member = member});
}

template <class Words, class Value>
void read_word(const Words& words, const Json& json, Value& value, const std::string& member) {
  for (const auto& [word, meaning] : words) {
    if (json == word) {
      value = meaning;
      return;
    }
  }
  refuse("A rule of a collection has none of the words that it can have", member);
}

void read_text(const Json& json, std::string& text, const std::string& member) {
  if (!json.is_string()) refuse("A rule of a collection is a text", member);
  text = json.get<std::string>();
}

void read_texts(const Json& json, std::vector<std::string>& texts, const std::string& member) {
  if (!json.is_array()) refuse("A rule of a collection is a list of texts", member);
  texts.clear();
  for (const Json& one : json) read_text(one, texts.emplace_back(), member);
}

template <class Number>
void read_number(const Json& json, Number& number, const std::string& member) {
  const bool fits =
      json.is_number_integer() && json >= 0 && json <= std::numeric_limits<std::int64_t>::max();
  if (!fits) refuse("A rule of a collection is a number from 0 on", member);
  number = json.get<Number>();
}

void read_member(MediaCollection& collection, const std::string& name, const Json& json) {
  if (name == "name") return read_text(json, collection.name, name);
  if (name == "keepLatest") return read_number(json, collection.keep_latest, name);
  if (name == "disk") return read_text(json, collection.disk, name);
  if (name == "accepts") return read_texts(json, collection.accepts, name);
  if (name == "maxSize") return read_number(json, collection.max_size, name);
  if (name == "presets") return read_texts(json, collection.presets, name);
  if (name == "variants") return read_word(variants_words, json, collection.variants, name);
  if (name == "unreferenced") {
    return read_word(unreferenced_words, json, collection.unreferenced, name);
  }
  if (name == "onOwnerRemoved") {
    return read_word(removal_words, json, collection.on_owner_removed, name);
  }
  if (name != "single") refuse("There is no such rule of a collection", name);
  if (!json.is_boolean()) refuse("A rule of a collection is true or false", name);
  collection.single = json.get<bool>();
}

}  // namespace

void to_json(Json& document, const MediaCollection& collection) {
  if (collection.naming) refuse("A function has no place in JSON", "naming");
  document = {{"name", collection.name},
              {"single", collection.single},
              {"keepLatest", collection.keep_latest},
              {"disk", collection.disk},
              {"accepts", collection.accepts},
              {"maxSize", collection.max_size},
              {"presets", collection.presets},
              {"variants", word_of(variants_words, collection.variants)},
              {"unreferenced", word_of(unreferenced_words, collection.unreferenced)},
              {"onOwnerRemoved", word_of(removal_words, collection.on_owner_removed)}};
}

void from_json(const Json& document, MediaCollection& collection) {
  if (!document.is_object()) refuse("The rules of a collection are an object", {});
  MediaCollection read;
  for (const auto& [name, json] : document.items()) read_member(read, name, json);
  collection = std::move(read);
}

}  // namespace affix
