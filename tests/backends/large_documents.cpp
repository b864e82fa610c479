#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "database.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

namespace {

/// A text that is bound as attachments are and has no bound of its own.
struct Text {
  std::string value;
};

}  // namespace

template <>
struct affix::JsonColumn<Text> {
  static bool is_null(const Text&) noexcept { return false; }
  static std::string to_text(const Text& text) { return text.value; }
  static Text from_text(std::string_view text) { return {std::string(text)}; }
  static Text from_null() { return {}; }
};

namespace soci {
template <>
struct type_conversion<Text> : affix::detail::JsonConversion<Text> {};
template <>
struct details::exchange_traits<Text> : affix::detail::JsonExchangeTraits {};
}  // namespace soci

namespace {

/// A document of exactly so many bytes, with what drivers and servers like to change.
Text document(std::size_t bytes) {
  const std::string piece = R"(aé€😀 it's \"x\" :name ::text ? # -- \\ \n )";
  std::string text = R"({"text":")";
  while (text.size() + piece.size() + 2 <= bytes) text += piece;
  text.append(bytes - text.size() - 2, 'x');
  return {text + "\"}"};
}

/// The types of columns that a document may have, the dialect's own first.
std::vector<std::string> types(const Dialect& dialect) {
  std::vector<std::string> names{std::string(dialect.json_type())};
  if (dialect.engine() == Engine::postgresql) names.insert(names.end(), {"json", "text"});
  if (dialect.engine() == Engine::mariadb) names.emplace_back("longtext");
  return names;
}

bool is_same(const Text& read, const Text& written, const std::string& type) {
  if (type != "jsonb") return read.value == written.value;
  return nlohmann::json::parse(read.value) == nlohmann::json::parse(written.value);
}

}  // namespace

TEST_CASE("documents from 1 KB to 8 MB are carried whole, one by one and in a rowset") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::vector<std::size_t> sizes{1'000, 64 * 1024, 1024 * 1024, 8 * 1024 * 1024};
  for (const std::string& type : types(db.dialect())) {
    CAPTURE(type);
    const std::string table = db.new_name("texts");
    db.run("create table " + table + "(id integer not null primary key, doc " + type + ")");
    for (int id = 0; id < static_cast<int>(sizes.size()); ++id) {
      const Text written = document(sizes[id]);
      REQUIRE(written.value.size() == sizes[id]);
      db.sql << "insert into " + table + "(id, doc) values(:id, :doc)", use(id), use(written);
      db.done();
      Text read;
      db.sql << "select doc from " + table + " where id = :id", use(id), into(read);
      db.done();
      CHECK(is_same(read, written, type));
    }
    std::size_t row = 0;
    {
      const soci::rowset<Text> rows =
          (db.sql.prepare << "select doc from " + table + " order by id");
      for (const Text& read : rows) {
        REQUIRE(row < sizes.size());
        CHECK(is_same(read, document(sizes[row++]), type));
      }
    }
    db.done();
    CHECK(row == sizes.size());
  }
}
