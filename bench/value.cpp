#include <soci/sqlite3/soci-sqlite3.h>

#include <exception>

#include "affix/soci/attachment.hpp"
#include "affix/value/json.hpp"
#include "harness.hpp"
#include "sample.hpp"

// What the value costs: against nlohmann::json on the same text, and in a statement of SOCI against
// binding a text.

namespace {

using affix::Attachment;
using affix::bench::attachment_with;
using affix::bench::Case;
using affix::bench::keep;
using affix::bench::Suite;
using soci::into;
using soci::use;

struct Sample {
  std::string name;
  Attachment attachment;
};

/// Documents of about 400 bytes, 1 KB and 6 KB.
std::vector<Sample> samples() {
  return {{"400 B", attachment_with(0)},
          {"1 KB, 3 variants", attachment_with(3)},
          {"6 KB, 20 variants", attachment_with(20)}};
}

void run_text(Suite& suite, const Sample& sample) {
  const std::string text = affix::print(sample.attachment);
  const auto document = nlohmann::json::parse(text);
  suite.run({.name = "parse " + sample.name,
             .on = "none",
             .compared_with = "nlohmann::json::parse",
             .ours = [&] { keep(affix::parse_attachment(text)); },
             .baseline = [&] { keep(nlohmann::json::parse(text)); }});
  suite.run({.name = "print " + sample.name,
             .on = "none",
             .compared_with = "nlohmann::json::dump",
             .ours = [&] { keep(affix::print(sample.attachment)); },
             .baseline = [&] { keep(document.dump()); }});
}

/// A table in memory with one row, in one transaction for the whole measurement.
class Database {
 public:
  explicit Database(const Attachment& attachment) : sql_(soci::sqlite3, ":memory:") {
    sql_ << "create table t(id integer, doc text)";
    sql_ << "create table one(id integer primary key, doc text)";
    sql_ << "insert into one(id, doc) values(1, :doc)", use(attachment);
    sql_.begin();
  }

  void clear() { sql_ << "delete from t"; }

  template <class Document>
  void insert(const Document& document) {
    const int row = 1;
    sql_ << "insert into t(id, doc) values(:id, :doc)", use(row), use(document);
  }

  template <class Document>
  Document select() {
    const int row = 1;
    Document document;
    sql_ << "select doc from one where id = :id", use(row), into(document);
    return document;
  }

 private:
  soci::session sql_;
};

void run_insert(Suite& suite, const Sample& sample, Database& database) {
  const std::string text = affix::print(sample.attachment);
  const Case insert{.name = "insert " + sample.name,
                    .on = "sqlite3",
                    .ours = [&] { database.insert(sample.attachment); },
                    .reset = [&] { database.clear(); }};
  Case by_hand = insert;
  by_hand.compared_with = "print, then a std::string";
  by_hand.baseline = [&] { database.insert(affix::print(sample.attachment)); };
  suite.run(by_hand);
  Case text_alone = insert;
  text_alone.compared_with = "a std::string, no print";
  text_alone.baseline = [&] { database.insert(text); };
  suite.run(text_alone);
}

void run_select(Suite& suite, const Sample& sample, Database& database) {
  const Case select{.name = "select " + sample.name, .on = "sqlite3", .ours = [&] {
                      keep(database.select<Attachment>());
                    }};
  Case by_hand = select;
  by_hand.compared_with = "a std::string, then parse";
  by_hand.baseline = [&] { keep(affix::parse_attachment(database.select<std::string>())); };
  suite.run(by_hand);
  Case text_alone = select;
  text_alone.compared_with = "a std::string, no parse";
  text_alone.baseline = [&] { keep(database.select<std::string>()); };
  suite.run(text_alone);
}

void run_all(const affix::bench::Options& options) {
  Suite suite("value", options);
  for (const Sample& sample : samples()) run_text(suite, sample);
  for (const Sample& sample : samples()) {
    Database database(sample.attachment);
    run_insert(suite, sample, database);
    run_select(suite, sample, database);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    run_all(affix::bench::parse_options(argument_count, arguments, "value"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
