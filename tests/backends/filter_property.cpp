#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <set>
#include <sstream>

#include "catalogue.hpp"
#include "catch.hpp"
#include "filter_generator.hpp"
#include "filter_oracle.hpp"
#include "support/campaign.hpp"

// Filters at random, each answered by the database and by the oracle. A failure prints what
// RC_PARAMS has to be to see it again.

using namespace affix;
using namespace affix::tests;

namespace {

using Json = nlohmann::json;

const std::vector<std::string> texts{
    "",     " ",   "a",        "a ",   "A",      "ab",   "aB",      "Ape",      "ape",
    "50%",  "5_!", "!",        "%",    "_",      "*?",   "[a-z]",   "]",        "^a",
    "it's", "\"",  "back\\",   "\\%",  ":p0 ?",  "Käse", "ÄÖ",      "🫖 tea", "日本語",
    "a\tb", "--",  "' or 1=1", "null", "trail ", "x\ny", "e\u0301", "{\"a\":1}"};
const std::vector<std::string> digits{"", "0", "00", "1", "10", "12", "2", "9", "99"};
const std::vector<double> reals{0,    -0.0,   0.1,    -0.1,  1,    -1,        2.5,
                                19.5, 1e-300, -1e300, 1e300, 1e15, 123456.789};
const std::vector<long long> integers{0, 1, -1, 2, 3, 7, 100, -100, 2'147'483'647, -2'147'483'648};

template <class T>
const T& at(const std::vector<T>& all, std::size_t place) {
  return all[place % all.size()];
}

Json document(std::size_t i) {
  switch (i % 4) {
    case 0:
      return Json::array({at(texts, i), at(integers, i), "b"});
    case 1:
      return {{"s", at(texts, i)}, {"n", at(integers, i)}, {"list", {1, {{"deep", i % 5}}}}};
    case 2:
      return {{"s", nullptr}, {"n", 0.5 * static_cast<double>(i)}, {"list", Json::array()}};
    default:
      return {{"s", at(texts, 3 * i)}, {"n", "none"}, {"two-words", "x"}};
  }
}

Product product(std::size_t i) {
  Product one{.id = static_cast<long long>(i) + 1,
              .name = at(texts, i),
              .stock = static_cast<int>(at(integers, i)),
              .price = at(reals, i),
              .active = i % 3 == 0,
              .tags = document(i),
              .secret = at(digits, 5 * i)};
  if (i % 5 != 0) one.note = at(texts, 7 * i);
  if (i % 4 != 0) one.weight = at(reals, 3 * i);
  if (i % 3 != 0) one.maker_id = at(digits, 2 * i);
  if (i % 7 == 0) one.deleted_at = TimePoint(std::chrono::hours(static_cast<int>(i) * 9'999));
  return one;
}

Json as_json(const Maker& maker) { return {{"id", maker.id}, {"name", maker.name}}; }

/// As the media table knows it, and as a document does.
Json as_json(const Attachment& attachment) {
  Json one = Json::parse(print(attachment));
  one["file_name"] = attachment.file_name;
  one["mime_type"] = attachment.mime_type;
  if (!one.contains("width")) one["width"] = nullptr;
  return one;
}

Json as_json(const std::optional<Attachment>& attachment) {
  return attachment ? as_json(*attachment) : Json();
}

Json as_json(const std::optional<TimePoint>& time) {
  return time ? Json(format_time(*time)) : Json();
}

template <class T>
Json nullable(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json as_json(const Product& one, const std::vector<Maker>& makers) {
  Json row{{"id", one.id},
           {"name", one.name},
           {"note", nullable(one.note)},
           {"stock", one.stock},
           {"price", one.price},
           {"weight", nullable(one.weight)},
           {"active", one.active ? 1 : 0},
           {"tags", one.tags},
           {"secret", one.secret},
           {"maker_id", nullable(one.maker_id)},
           {"created_at", format_time(one.created_at)},
           {"deleted_at", as_json(one.deleted_at)},
           {"thumbnail", as_json(one.thumbnail)},
           {"cover", as_json(one.cover)},
           {"maker", Json::array()},
           {"gallery", Json::array()}};
  for (const Maker& maker : makers) {
    if (one.maker_id == maker.id) row["maker"].push_back(as_json(maker));
  }
  for (const Attachment& medium : one.gallery.items) row["gallery"].push_back(as_json(medium));
  return row;
}

std::vector<Json> values(const std::vector<std::string>& all) { return {all.begin(), all.end()}; }
std::vector<Json> values(const std::vector<long long>& all) { return {all.begin(), all.end()}; }
std::vector<Json> values(const std::vector<double>& all) { return {all.begin(), all.end()}; }

/// Rows with everything that a column can hold, and what can be asked of them.
class Shelf {
 public:
  static constexpr std::size_t rows = 48;

  explicit Shelf(const Target& target) : catalogue(target), engine_(target.engine) {
    for (const std::string id : {"0", "1", "10", "9"}) {
      makers_.push_back({.id = id, .name = "Maker " + id});
    }
    catalogue.makers.create_all(makers_);
    std::vector<Json> all;
    for (std::size_t i = 0; i < rows; ++i) {
      catalogue.shop.clock->advance(std::chrono::milliseconds(1'500 * (i % 4)));
      Product made = catalogue.products.create(product(i), files(i));
      made.secret = product(i).secret;  // It is not given back.
      times_.push_back(format_time(made.created_at));
      all.push_back(as_json(made, makers_));
    }
    oracle = FilterOracle(engine_, std::move(all));
    make_vocabulary();
  }

  Catalogue catalogue;
  FilterOracle oracle{Engine::sqlite, {}};
  Vocabulary vocabulary;

 private:
  static FileChanges<Product> files(std::size_t i) {
    FileChanges<Product> changes;
    if (i % 12 == 1) {
      changes.push_back({&Product::thumbnail, picture("coffee.png")});
      changes.push_back({&Product::cover, picture("coffee.png")});
      changes.push_back({&Product::gallery,
                         {Source::from_memory("some text", "it's.txt"), picture("coffee.png")}});
    }
    if (i % 12 == 2) {
      changes.push_back({&Product::gallery, Source::from_memory("more text", "b%.txt")});
    }
    return changes;
  }

  void make_vocabulary() {
    const auto possible = Subject::Order::possible;
    auto large = integers;
    large.insert(large.end(), {std::numeric_limits<long long>::max(), 41, -3});
    std::vector<Json> ids;
    for (long long id = 0; id <= static_cast<long long>(rows) + 1; id += 3) ids.emplace_back(id);
    auto& all = vocabulary.subjects;
    all = {{"id", {}, Kind::number, ids, possible},
           {"name", {}, Kind::text, values(texts)},
           {"note", {}, Kind::text, values(texts)},
           {"stock", {}, Kind::number, values(large), possible},
           {"price", {}, Kind::number, values(reals), possible},
           {"weight", {}, Kind::number, values(reals), possible},
           {"active", {}, Kind::boolean, {true, false}, possible},
           {"secret", {}, Kind::digits, values(digits), possible},
           {"maker_id", {}, Kind::digits, values(digits), possible},
           {"created_at", {}, Kind::time, values(times_), possible},
           {"deleted_at",
            {},
            Kind::time,
            {"1970-01-01T00:00:00.000Z", "1985-01-01T00:00:00.000Z"},
            possible},
           {"thumbnail", {}, Kind::file},
           {"cover", {}, Kind::file},
           {"cover", {"mimeType"}, Kind::text, {"image/png", "text/plain"}},
           {"cover", {"size"}, Kind::number, {0, 1'000, 1'000'000'000}},
           {"cover", {"width"}, Kind::number, {0, 100, 1'000'000}}};
    if (engine_ != Engine::firebird) add_documents();
    if (engine_ == Engine::postgresql) {
      all.push_back({"tags", {}, Kind::array, {"b", "a", "", 0, 1, 7, -1, 100, "it's"}});
    }
    vocabulary.related = {{"maker",
                           {{"id", {}, Kind::digits, values(digits)},
                            {"name", {}, Kind::text, {"Maker 1", "Maker 10", "maker 9"}}}},
                          {"gallery",
                           {{"mime_type", {}, Kind::text, {"image/png", "text/plain"}},
                            {"file_name", {}, Kind::text, {"it's.txt", "b%.txt", "coffee.png"}},
                            {"size", {}, Kind::number, {0, 9, 1'000}},
                            {"width", {}, Kind::number, {0, 100}}}}};
  }

  void add_documents() {
    const std::vector<Json> numbers{0, 1, 0.5, -1, 7, 100, 2'147'483'647, 10.5};
    auto& all = vocabulary.subjects;
    all.push_back({"tags", {"s"}, Kind::text, values(texts)});
    all.push_back({"tags", {"n"}, Kind::number, numbers});
    all.push_back({"tags", {"0"}, Kind::text, values(texts)});
    all.push_back({"tags", {"1"}, Kind::number, numbers});
    all.push_back({"tags", {"1"}, Kind::text, {"0", "1", "-1", "100", "10"}});
    all.push_back({"tags", {"list", "1", "deep"}, Kind::number, {0, 1, 2, 3}});
    all.push_back({"tags", {"two-words"}, Kind::digits, {"x"}, Subject::Order::possible});
    all.push_back({"thumbnail", {"mimeType"}, Kind::text, {"image/png", "text/plain"}});
    all.push_back({"thumbnail", {"size"}, Kind::number, {0, 1'000, 1'000'000'000}});
    all.push_back({"thumbnail", {"variants", "thumb", "width"}, Kind::number, {100, 200}});
  }

  Engine engine_;
  std::vector<Maker> makers_;
  std::vector<std::string> times_;
};

std::vector<long long> ids(const std::vector<Product>& products) {
  std::vector<long long> all;
  for (const Product& one : products) all.push_back(one.id);
  return all;
}

std::vector<long long> ids(const std::vector<Json>& rows) {
  std::vector<long long> all;
  for (const Json& row : rows) all.push_back(row.at("id").get<long long>());
  return all;
}

Filter<Product> filter_of(const detail::FilterNode& node) {
  Filter<Product> filter{Condition<Product>(node.where)};
  if (node.limit) filter = filter.limit(*node.limit);
  if (node.offset > 0) filter = filter.offset(node.offset);
  return filter;
}

/// The filter by C++; orders as the members are called.
Filter<Product> ordered(Filter<Product> filter, const detail::FilterNode& node) {
  for (const detail::OrderNode& order : node.order) {
    const auto by = [&](auto member) {
      if (detail::name_of(member) == order.column)
        filter = filter.order_by(member, order.direction);
    };
    if (!order.path.empty()) {
      filter = filter.order_by(&Product::tags, order.path.front(), order.direction);
      continue;
    }
    by(&Product::id), by(&Product::stock), by(&Product::price), by(&Product::weight);
    by(&Product::active), by(&Product::secret), by(&Product::maker_id);
    by(&Product::created_at), by(&Product::deleted_at);
  }
  return filter;
}

Filter<Product> completed(Filter<Product> filter, const detail::FilterNode& node) {
  for (const std::string& name : node.skipped) filter = filter.skip_default_filter(name);
  return filter.fields(&Product::id);
}

/// The same rows, in the same order as far as the filter says one. With limit or offset, ties are
/// in the order of the keys.
void check_found(const Shelf& shelf, const Filter<Product>& filter,
                 const detail::FilterNode& node) {
  const std::vector<Json> all = shelf.oracle.matching(node);
  const auto expected = ids(FilterOracle::page(all, node));
  auto found = ids(shelf.catalogue.products.find(filter));
  if (!node.limit && node.offset == 0) {
    // Ties may come in any order.
    std::vector<std::vector<Json>> keys;
    for (const long long id : found) {
      const auto is_it = [&](const Json& row) { return row.at("id") == id; };
      const auto row = std::ranges::find_if(all, is_it);
      if (row != all.end()) keys.push_back(FilterOracle::order_keys(*row, node));
    }
    std::vector<std::vector<Json>> expected_keys;
    for (const Json& row : all) expected_keys.push_back(FilterOracle::order_keys(row, node));
    RC_ASSERT(std::set(found.begin(), found.end()) == std::set(expected.begin(), expected.end()));
    RC_ASSERT(found.size() == expected.size());
    RC_ASSERT(keys == expected_keys);
  } else {
    RC_ASSERT(found == expected);
  }
  RC_ASSERT(shelf.catalogue.products.count(filter) == static_cast<long long>(all.size()));
}

}  // namespace

TEST_CASE("filters made at random find the rows that they describe, in their order", "[orm]") {
  for (const Target& target : targets()) {
    INFO(target);
    const Shelf shelf(target);
    const std::string name = "filters on " + target.name;
    auto parameters = rc::detail::configuration().testParams;
    parameters.maxSuccess = rounds(200, 2'000);
    // Always the same filters, but for the long run and for who asks for others.
    if (!is_long() && !std::getenv("RC_PARAMS")) parameters.seed = 1;
    const auto result = rc::detail::checkTestable(
        [&] {
          const GeneratedFilter one = *filters(shelf.vocabulary);
          const auto filter = ordered(filter_of(one.node), one.node);
          check_found(shelf, completed(filter, one.node), one.node);
          check_found(shelf, completed(Filter<Product>::from_json(spelled(one)), one.node),
                      one.node);
        },
        rc::detail::TestMetadata{.id = name, .description = name}, parameters);
    std::ostringstream report;
    rc::detail::printResultMessage(result, report);
    INFO(report.str() << "\nRC_PARAMS=\"seed=" << parameters.seed << "\"");
    CHECK(result.is<rc::detail::SuccessResult>());
  }
}
