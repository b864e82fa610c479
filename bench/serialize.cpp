#include <exception>
#include <stdexcept>

#include "affix/value/json.hpp"
#include "database.hpp"
#include "harness.hpp"
#include "sample.hpp"
#include "support/campaign.hpp"

// What binding an attachment costs on each database, against the same statements that bind a text
// which the same functions print before or parse after. Goal: 1.10 at most.
//
// The databases are those of AFFIX_BACKENDS; without it, SQLite alone.

namespace {

using affix::Attachment;
using affix::bench::Figure;
using affix::bench::keep;
using affix::bench::Suite;
using affix::tests::Database;
using affix::tests::Target;
using soci::into;
using soci::use;

struct Rows {
  int insert = 10'000;
  int select = 10'000;
};

Rows rows_for(const Target& target, bool quick) {
  if (quick) return {.insert = 20, .select = 20};
  // This driver needs milliseconds to read one long text.
  if (target.name == "odbc-sqlite" && !affix::tests::is_long()) return {.select = 100};
  return {};
}

// What stands in for an attachment in the statements of the peer.

void set(std::string& text, std::string printed) { text = std::move(printed); }
void set(soci::long_string& text, std::string printed) { text.value = std::move(printed); }
const std::string& get(const std::string& text) { return text; }
const std::string& get(const soci::long_string& text) { return text.value; }

/// A table, and the statements of both sides, prepared once for all rows.
class Table {
 public:
  explicit Table(const Target& target)
      : database_(target),
        name_(database_.documents()),
        insert_("insert into " + name_ + "(id, doc) values(:id, :doc)"),
        select_("select doc from " + name_) {}

  void clear() { database_.run("delete from " + name_); }

  void insert(const Attachment& attachment, int rows) {
    write(rows, attachment, [] {});
  }

  template <class Text>
  void insert_text(const Attachment& attachment, int rows) {
    Text text;
    write(rows, text, [&] { set(text, affix::print(attachment)); });
  }

  void select(int rows) {
    Attachment attachment;
    read(rows, attachment, [&] { keep(attachment); });
  }

  template <class Text>
  void select_text(int rows) {
    Text text;
    Attachment attachment;
    read(rows, text, [&] {
      attachment = affix::parse_attachment(get(text));
      keep(attachment);
    });
  }

 private:
  /// The operand is constant on both sides: SOCI writes back into others.
  template <class Operand, class Action>
  void write(int rows, const Operand& operand, Action before_each) {
    database_.sql.begin();
    {
      soci::statement insert = (database_.sql.prepare << insert_, use(last_id_), use(operand));
      for (int row = 0; row < rows; ++row) {
        ++last_id_;
        before_each();
        insert.execute(true);
      }
    }
    database_.sql.commit();
  }

  template <class Value, class Action>
  void read(int rows, Value& value, Action action) {
    int count = 0;
    {
      soci::statement select = (database_.sql.prepare << select_, into(value));
      select.execute();
      for (; select.fetch(); ++count) action();
    }
    database_.done();
    if (count != rows) throw std::runtime_error("the table has another number of rows");
  }

  Database database_;
  std::string name_;
  std::string insert_;
  std::string select_;
  int last_id_ = 0;
};

std::string counted(const std::string& what, int rows) {
  return what + ' ' + std::to_string(rows) + " rows of 1 KB";
}

template <class Text>
void run_insert(Suite& suite, const Target& target, Table& table, int rows) {
  const Attachment attachment = affix::bench::attachment_with(3);
  const auto insert = [&] { table.insert(attachment, rows); };
  suite.run({.name = counted("insert", rows),
             .on = target.name,
             .compared_with = "print, then a text",
             .ours = insert,
             .baseline = [&] { table.insert_text<Text>(attachment, rows); },
             .reset = [&] { table.clear(); }});
  suite.run({.name = counted("print", rows),
             .on = target.name,
             .compared_with = "the insert",
             .ours =
                 [&] {
                   for (int row = 0; row < rows; ++row) keep(affix::print(attachment));
                 },
             .baseline = insert,
             .figure = Figure::share,
             .reset = [&] { table.clear(); }});
}

template <class Text>
void run_select(Suite& suite, const Target& target, Table& table, int rows) {
  const Attachment attachment = affix::bench::attachment_with(3);
  const std::string text = affix::print(attachment);
  table.clear();
  table.insert(attachment, rows);
  const auto select = [&] { table.select(rows); };
  suite.run({.name = counted("select", rows),
             .on = target.name,
             .compared_with = "a text, then parse",
             .ours = select,
             .baseline = [&] { table.select_text<Text>(rows); }});
  suite.run({.name = counted("parse", rows),
             .on = target.name,
             .compared_with = "the select",
             .ours =
                 [&] {
                   for (int row = 0; row < rows; ++row) keep(affix::parse_attachment(text));
                 },
             .baseline = select,
             .figure = Figure::share});
}

template <class Text>
void run_target(Suite& suite, const Target& target, Rows rows) {
  Table table(target);
  run_insert<Text>(suite, target, table, rows.insert);
  run_select<Text>(suite, target, table, rows.select);
}

void run_all(const affix::bench::Options& options) {
  Suite suite("serialize", options);
  for (const Target& target : affix::tests::targets()) {
    if (target.name == "firebird-embedded") continue;
    const Rows rows = rows_for(target, options.rounds == 1);
    // SOCI's Firebird backend takes no std::string for a blob.
    if (target.engine == affix::Engine::firebird) {
      run_target<soci::long_string>(suite, target, rows);
    } else {
      run_target<std::string>(suite, target, rows);
    }
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    run_all(affix::bench::parse_options(argument_count, arguments, "serialize"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
