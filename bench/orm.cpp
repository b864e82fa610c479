#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>

#include "affix/orm/repository.hpp"
#include "affix/orm/schema.hpp"
#include "database.hpp"
#include "harness.hpp"

// What a repository costs: to find a row by its key, to find 100 by a condition, and to create
// 1,000, against the same by hand with SOCI (goals: 1.15 at most on PostgreSQL, 1.50 on SQLite in
// memory); and what the compiler has to do for a model of 20 columns.
//
// The databases are those of AFFIX_BACKENDS; without it, SQLite alone, which is in memory.

namespace {

using affix::Engine;
using affix::bench::keep;
using affix::bench::Suite;
using affix::tests::Database;
using affix::tests::Target;
using soci::into;
using soci::use;

struct Item {
  long long id = 0;
  std::string name{};
  std::string description{};
  long long stock = 0;
  double price = 0;
  bool active = false;
  std::optional<std::string> note{};
  long long category = 0;
  std::string created{};
  std::string code{};
};

}  // namespace

template <>
struct affix::Model<Item> {
  static constexpr auto mapping =
      affix::table("bench_items", affix::key("id", &Item::id), affix::column("name", &Item::name),
                   affix::column("description", &Item::description),
                   affix::column("stock", &Item::stock), affix::column("price", &Item::price),
                   affix::column("active", &Item::active), affix::column("note", &Item::note),
                   affix::column("category", &Item::category, {.index = true}),
                   affix::column("created", &Item::created), affix::column("code", &Item::code));
};

namespace {

constexpr int rows_in_table = 10'000;
constexpr int rows_of_category = 100;
constexpr int rows_of_create = 1'000;

const std::string columns =
    "id, name, description, stock, price, active, note, category, created, code";

Item item(int number) {
  return {.id = number,
          .name = "Item " + std::to_string(number),
          .description = "Something that people buy, in a size that suits them",
          .stock = number % 17,
          .price = number / 100.0,
          .active = number % 2 == 0,
          .note = number % 3 == 0 ? std::nullopt : std::optional<std::string>("as new"),
          .category = number / rows_of_category,
          .created = "2026-01-02T03:04:05.678Z",
          .code = "c-" + std::to_string(number)};
}

/// What SOCI's statements by hand are bound to.
struct Bound {
  Item row{};
  int active = 0;
  std::string note{};
  soci::indicator has_note = soci::i_ok;

  Item take() {
    row.active = active != 0;
    if (has_note == soci::i_ok) {
      row.note = note;
    } else {
      row.note.reset();
    }
    return row;
  }
};

class Shelf {
 public:
  explicit Shelf(const Target& target)
      : database_(target), source_("bench", sql()), items_(source_) {
    if (is_memory()) memory_.open("sqlite3", "db=:memory:");
    if (dialect().has_table(sql(), "bench_items")) run("drop table bench_items");
    database_.done();
    affix::ensure_model_schema<Item>(sql());
    std::vector<Item> all;
    for (int i = 1; i <= rows_in_table; ++i) all.push_back(item(i));
    for (Item& one : all) one.id = 0;  // The database numbers them so, too, and goes on from there.
    items_.create_all(std::move(all));
  }
  ~Shelf() {
    if (!is_memory()) database_.run("drop table bench_items");
  }

  void find_by_id() {
    const auto found = items_.find_by_id(next());
    if (!found) throw std::runtime_error("no row");
    keep(*found);
  }
  void find_by_id_by_hand() {
    Bound bound;
    const long long id = next();
    sql() << "select " + columns + " from bench_items where id = :id", use(id), into(bound.row.id),
        into(bound.row.name), into(bound.row.description), into(bound.row.stock),
        into(bound.row.price), into(bound.active), into(bound.note, bound.has_note),
        into(bound.row.category), into(bound.row.created), into(bound.row.code);
    done();
    keep(bound.take());
  }

  void find_100() {
    const auto found = items_.find(affix::where(&Item::category) == next() % 90 + 1);
    require(found.size(), rows_of_category);
    keep(found);
  }
  void find_100_by_hand() {
    Bound bound;
    const long long category = next() % 90 + 1;
    std::vector<Item> found;
    {
      soci::statement select =
          (sql().prepare << "select " + columns + " from bench_items where category = :c",
           use(category), into(bound.row.id), into(bound.row.name), into(bound.row.description),
           into(bound.row.stock), into(bound.row.price), into(bound.active),
           into(bound.note, bound.has_note), into(bound.row.category), into(bound.row.created),
           into(bound.row.code));
      select.execute();
      while (select.fetch()) found.push_back(bound.take());
    }
    done();
    require(found.size(), rows_of_category);
    keep(found);
  }

  void create_1000() { keep(items_.create_all(new_rows())); }
  void create_1000_numbered() {
    auto rows = new_rows();
    for (Item& one : rows) one.id = 0;
    keep(items_.create_all(std::move(rows)));
  }
  void create_1000_by_hand() {
    Bound bound;
    soci::transaction transaction(sql());
    {
      soci::statement insert =
          (sql().prepare << "insert into bench_items(" + columns +
                                ") values(:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)",
           use(bound.row.id), use(bound.row.name), use(bound.row.description), use(bound.row.stock),
           use(bound.row.price), use(bound.active), use(bound.note, bound.has_note),
           use(bound.row.category), use(bound.row.created), use(bound.row.code));
      for (Item& one : new_rows()) {
        bound.active = one.active ? 1 : 0;
        bound.note = one.note.value_or("");
        bound.has_note = one.note ? soci::i_ok : soci::i_null;
        bound.row = std::move(one);
        insert.execute(true);
      }
    }
    transaction.commit();
  }
  void remove_new() { run("delete from bench_items where id > " + std::to_string(rows_in_table)); }

 private:
  bool is_memory() { return &sql() == &memory_; }
  soci::session& sql() {
    return affix::dialect_of(database_.sql).engine() == Engine::sqlite ? memory_ : database_.sql;
  }
  const affix::Dialect& dialect() { return affix::dialect_of(sql()); }
  void run(const std::string& statement) {
    sql() << statement;
    if (!dialect().traits().autocommits) sql().commit();
  }
  void done() {
    if (!dialect().traits().autocommits) sql().rollback();
  }
  static void require(std::size_t found, std::size_t wanted) {
    if (found != wanted) throw std::runtime_error("there is another number of rows");
  }
  long long next() { return number_ = number_ * 7919 % rows_in_table + 1; }
  std::vector<Item> new_rows() {
    std::vector<Item> rows;
    for (int i = 0; i < rows_of_create; ++i) rows.push_back(item(++last_));
    return rows;
  }

  Database database_;
  soci::session memory_;
  affix::DataSource source_;
  affix::Repository<Item> items_;
  long long number_ = 1;
  int last_ = rows_in_table;
};

void run_case(Suite& suite, const Target& target, const affix::bench::Case& one) {
  const double goal = target.engine == Engine::sqlite ? 1.5 : 1.15;
  const affix::bench::Row row = suite.run(one);
  std::printf("%-34s %s\n", ("  goal " + std::to_string(goal).substr(0, 4)).c_str(),
              row.ratio <= goal ? "met" : "missed");
}

void run_on(Suite& suite, const Target& target) {
  Shelf shelf(target);
  run_case(suite, target,
           {.name = "find by id",
            .on = target.name,
            .compared_with = "SOCI by hand",
            .ours = [&] { shelf.find_by_id(); },
            .baseline = [&] { shelf.find_by_id_by_hand(); }});
  run_case(suite, target,
           {.name = "find 100 by a condition",
            .on = target.name,
            .compared_with = "SOCI by hand",
            .ours = [&] { shelf.find_100(); },
            .baseline = [&] { shelf.find_100_by_hand(); }});
  run_case(suite, target,
           {.name = "create 1000",
            .on = target.name,
            .compared_with = "SOCI by hand",
            .ours = [&] { shelf.create_1000(); },
            .baseline = [&] { shelf.create_1000_by_hand(); },
            .reset = [&] { shelf.remove_new(); }});
  run_case(suite, target,
           {.name = "create 1000 with numbers of the database",
            .on = target.name,
            .compared_with = "SOCI by hand with numbers of its own",
            .ours = [&] { shelf.create_1000_numbered(); },
            .baseline = [&] { shelf.create_1000_by_hand(); },
            .reset = [&] { shelf.remove_new(); }});
}

/// Seconds that the compiler takes for a source beside this one, and the bytes of its object.
std::pair<double, std::uintmax_t> compile(const std::string& source) {
  const std::filesystem::path object = std::filesystem::temp_directory_path() / (source + ".o");
  const std::string command =
      std::string(AFFIX_COMPILE) + " -c " AFFIX_BENCH_ORM "/" + source + " -o " + object.string();
  const auto start = std::chrono::steady_clock::now();
  if (std::system(command.c_str()) != 0) throw std::runtime_error(source + " does not compile");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const std::uintmax_t size = std::filesystem::file_size(object);
  std::filesystem::remove(object);
  return {took.count(), size};
}

void show_compilation(Suite& suite, bool is_quick) {
  std::vector<double> ratios;
  std::pair<double, std::uintmax_t> ours;
  std::pair<double, std::uintmax_t> by_hand;
  for (int round = 0; round < (is_quick ? 1 : 5); ++round) {
    ours = compile("twenty_columns.cpp");
    by_hand = compile("twenty_columns_by_hand.cpp");
    ratios.push_back(ours.first / by_hand.first);
  }
  const double ratio = affix::bench::rounded(affix::bench::median(std::move(ratios)));
  std::printf("%-34s %.1f s, %.2f of SOCI by hand; object %ju KB, by hand %ju KB\n",
              "compile a model of 20 columns", ours.first, ratio, ours.second / 1024,
              by_hand.second / 1024);
  suite.append({{"case", "compile a model of 20 columns"},
                {"overhead", ratio},
                {"object_bytes", ours.second},
                {"object_bytes_by_hand", by_hand.second}});
}

void run_all(const affix::bench::Options& options) {
  Suite suite("orm", options);
  for (const Target& target : affix::tests::targets()) {
    if (target.is_odbc() || target.name == "firebird-embedded") continue;
    run_on(suite, target);
  }
  show_compilation(suite, options.rounds == 1);
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    run_all(affix::bench::parse_options(argument_count, arguments, "orm"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
