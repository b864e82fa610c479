#include <algorithm>
#include <iomanip>
#include <iostream>

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

std::string query(const std::string& table, std::size_t id) {
  return "select doc from " + table + " where id = " + std::to_string(id);
}

template <class Value>
void put(Database& db, const std::string& table, std::size_t number, const Value& value) {
  const int id = static_cast<int>(number);
  db.sql << "insert into " + table + "(id, doc) values(:id, :doc)", use(id), use(value);
  db.done();
}

Attachment get(Database& db, const std::string& table, std::size_t id) {
  Attachment read;
  db.sql << query(table, id), into(read);
  db.done();
  return read;
}

/// The text of a cell as the database gives it to any program.
std::string raw(Database& db, const std::string& table, std::size_t id) {
  if (db.dialect().engine() == Engine::firebird) {
    soci::long_string text;
    db.sql << query(table, id), into(text);
    db.done();
    return text.value;
  }
  std::string text;
  db.sql << query(table, id), into(text);
  return text;
}

void put_raw(Database& db, const std::string& table, std::size_t id, const std::string& text) {
  if (db.dialect().engine() != Engine::firebird) return put(db, table, id, text);
  soci::long_string long_text;
  long_text.value = text;
  put(db, table, id, long_text);
}

using Texts = std::vector<std::string>;

/// What the column of a database has after it was given the documents.
Texts written_by(const Target& target, const std::vector<Attachment>& documents) {
  Database db(target);
  const std::string table = db.documents();
  Texts texts;
  for (std::size_t id = 0; id < documents.size(); ++id) {
    put(db, table, id, documents[id]);
    texts.push_back(raw(db, table, id));
  }
  return texts;
}

/// How documents come out of a database whose column was given the texts of another.
std::string read_by(const Target& target, const Texts& texts,
                    const std::vector<Attachment>& documents) {
  Database db(target);
  const std::string table = db.documents();
  bool values = true;
  bool printed = true;
  for (std::size_t id = 0; id < documents.size(); ++id) {
    put_raw(db, table, id, texts[id]);
    const Attachment read = get(db, table, id);
    values = values && read == documents[id];
    printed = printed && print(read) == print(documents[id]);
  }
  if (values && printed) return "equal";
  return values ? "VALUE ONLY" : "DIFFERS";
}

/// A line of the table that the test prints.
void print_line(const std::string& name, const std::vector<std::string>& cells) {
  std::cout << std::left << std::setw(19) << name;
  for (const std::string& cell : cells) std::cout << std::setw(18) << cell;
  std::cout << '\n';
}

}  // namespace

TEST_CASE("what one database stored reads on every other, equal as a value and printed again") {
  const std::vector<Attachment> documents = ::documents();
  std::vector<std::string> readers{"stored text"};
  for (const Target& target : targets()) readers.push_back(target.name);
  print_line("written / read by", readers);
  for (const Target& writer : targets()) {
    const Texts texts = written_by(writer, documents);
    bool same = true;
    for (std::size_t id = 0; id < documents.size(); ++id) {
      same = same && texts[id] == print(documents[id]);
    }
    std::vector<std::string> cells{same ? "the same" : "its own form"};
    for (const Target& reader : targets()) cells.push_back(read_by(reader, texts, documents));
    print_line(writer.name, cells);
    CAPTURE(writer, cells);
    CHECK(same == (writer.engine != Engine::postgresql));
    CHECK(std::ranges::count(cells, "equal") == static_cast<long>(targets().size()));
  }
}

TEST_CASE("what one driver has written another one reads in the same table") {
  const Target writer = GENERATE(from_range(targets()));
  const Target reader = GENERATE(from_range(targets()));
  // Each of the others has a database of its own.
  if (writer.engine != reader.engine || writer.name == reader.name) return;
  if (!writer.has_server() || !reader.has_server()) return;
  CAPTURE(writer, reader);
  Database written(writer);
  Database read(reader);
  const std::string table = written.documents();
  const std::vector<Attachment> documents = ::documents();
  for (std::size_t id = 0; id < documents.size(); ++id) {
    put(written, table, id, documents[id]);
    CHECK(get(read, table, id) == documents[id]);
  }
}
