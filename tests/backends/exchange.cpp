#include <iomanip>
#include <iostream>
#include <map>

#include "catch.hpp"
#include "database.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

namespace {

/// Documents that databases like to change: order of members, numbers, spaces, escapes.
std::vector<Attachment> documents() {
  Attachment plain = sample_attachment();
  Attachment odd = sample_attachment("e\u0301 \U0001F600 \u202Eabc \\ \" ' \x01 \x7f.jpg");
  odd.meta = {{"zz", 1},
              {"a", {{"b", {1.5, 1e300, -0.0, 1e-7, 123456789012345678}}}},
              {"B", nullptr},
              {"", ""},
              {"long", std::string(100'000, 'x')}};
  Attachment bare;
  bare.id = plain.id;
  bare.name = "n";
  bare.file_name = "n";
  bare.disk = "local";
  bare.path = plain.path;
  bare.mime_type = "text/plain";
  return {plain, odd, bare};
}

/// The text of a column as the database gives it.
std::string raw(Database& db, const std::string& query) {
  if (db.dialect().engine() == Engine::firebird) {
    soci::long_string text;
    db.sql << query, into(text);
    db.done();
    return text.value;
  }
  std::string text;
  db.sql << query, into(text);
  return text;
}

struct Row {
  std::string stored = "the same";  ///< The text in the column against what was written.
  bool value = true;
  bool text = true;
};

}  // namespace

TEST_CASE("what one database stored equals what every other stored, as a value and printed again") {
  std::map<std::string, Row> results;
  const std::vector<Attachment> written = documents();
  for (const Target& target : targets()) {
    CAPTURE(target);
    Database db(target);
    const std::string table = db.documents();
    Row& row = results[target.name];
    for (std::size_t i = 0; i < written.size(); ++i) {
      const int id = static_cast<int>(i);
      db.sql << "insert into " + table + "(id, doc) values(:id, :doc)", use(id), use(written[i]);
      db.done();
      const std::string query = "select doc from " + table + " where id = " + std::to_string(id);
      Attachment read;
      db.sql << query, into(read);
      db.done();
      row.value = row.value && read == written[i];
      row.text = row.text && print(read) == print(written[i]);
      const std::string text = raw(db, query);
      if (text != print(written[i])) row.stored = "its own form";
      row.value = row.value && parse_attachment(text) == written[i];
    }
    CHECK(row.value);
    CHECK(row.text);
    CHECK((row.stored == "its own form") == (target.engine == Engine::postgresql));
  }
  std::cout << std::left << std::setw(20) << "database" << std::setw(16) << "stored text"
            << std::setw(8) << "value"
            << "printed again\n";
  for (const auto& [name, row] : results) {
    std::cout << std::setw(20) << name << std::setw(16) << row.stored << std::setw(8)
              << (row.value ? "equal" : "DIFFERS") << (row.text ? "equal" : "DIFFERS") << '\n';
  }
}
