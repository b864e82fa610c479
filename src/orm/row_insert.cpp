#include "orm/row_insert.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "affix/soci/session_state.hpp"
#include "orm/statement_text.hpp"

namespace affix::detail {
namespace {

// Every driver takes so many (`StatementText::query`); MariaDB takes 16 MiB of text by default.
constexpr std::size_t most_parameters = 7'000;
constexpr std::size_t most_rows = 500;
constexpr std::size_t most_bytes = 1024 * 1024;

using Row = std::vector<ColumnValue>;

bool is_numbered(const ModelTable& table, const Row& row) {
  return table.key_origin == KeyOrigin::automatic &&
         table.key_column().type == ColumnType::integer && row[table.key] == ColumnValue(0LL);
}

std::size_t size_of(const Row& row) {
  std::size_t size = 0;
  for (const ColumnValue& value : row) {
    if (const auto* text = std::get_if<std::string>(&value)) size += text->size();
  }
  return size;
}

/// Inserts rows one by one through a statement that is prepared once.
class PreparedInsert {
 public:
  /// With the key, or without it if the database is to make one.
  PreparedInsert(soci::session& sql, const ModelTable& table, bool with_key,
                 const std::string& text)
      : statement_(sql), guard_(sql, statement_) {
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
      if (!with_key && at == table.key) continue;
      columns_.push_back(at);
      bind(cells_.emplace_back(), table.columns[at].type);
    }
    statement_.alloc();
    statement_.prepare(text);
    statement_.define_and_bind();
  }

  void insert(const Row& row) {
    std::size_t number = 0;
    for (Cell& cell : cells_) cell.hold(row[columns_[number++]]);
    statement_.execute(true);
  }

 private:
  struct Cell {
    soci::indicator indicator = soci::i_ok;
    long long number = 0;
    double real = 0;
    std::string text{};
    DocumentText document{};
    bool is_document = false;

    void hold(const ColumnValue& value) {
      require_whole(value);
      const bool null = std::holds_alternative<std::monostate>(value);
      indicator = null ? soci::i_null : soci::i_ok;
      document.text.clear();
      if (const auto* whole = std::get_if<long long>(&value)) number = *whole;
      if (const auto* fraction = std::get_if<double>(&value)) real = *fraction;
      if (const auto* characters = std::get_if<std::string>(&value)) {
        (is_document ? document.text : text) = *characters;
      }
    }
  };

  void bind(Cell& cell, ColumnType type) {
    switch (type) {
      case ColumnType::integer:
      case ColumnType::boolean:
        statement_.exchange(soci::use(cell.number, cell.indicator));
        break;
      case ColumnType::real:
        statement_.exchange(soci::use(cell.real, cell.indicator));
        break;
      case ColumnType::text:
      case ColumnType::time:
        statement_.exchange(soci::use(cell.text, cell.indicator));
        break;
      case ColumnType::json:
        cell.is_document = true;
        statement_.exchange(soci::details::use_type_ptr(
            new JsonUse<DocumentText>(cell.document, nullptr, std::string())));
        break;
    }
  }

  std::vector<std::size_t> columns_;
  std::deque<Cell> cells_;  // A deque, since SOCI keeps the addresses.
  soci::statement statement_;
  StatementGuard guard_;
};

/// Reads a number through a statement that is prepared once.
class PreparedNumber {
 public:
  PreparedNumber(soci::session& sql, const std::string& text)
      : statement_(sql), guard_(sql, statement_) {
    statement_.exchange(soci::into(number_));
    statement_.alloc();
    statement_.prepare(text);
    statement_.define_and_bind();
  }

  long long read() {
    statement_.execute(true);
    return number_;
  }

 private:
  long long number_ = 0;
  soci::statement statement_;
  StatementGuard guard_;
};

class RowInsert {
 public:
  RowInsert(soci::session& sql, const ModelTable& table)
      : sql_(sql), dialect_(dialect_of(sql)), table_(table) {}

  /// As many rows from the front as one statement takes: all of them with keys, or all without.
  std::size_t batch(std::span<const Row> rows) const {
    const std::size_t most =
        std::clamp<std::size_t>(most_parameters / table_.columns.size(), 1, most_rows);
    const bool numbered = is_numbered(table_, rows.front());
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < std::min(most, rows.size()) && is_numbered(table_, rows[count]) == numbered) {
      bytes += size_of(rows[count]);
      if (count > 0 && bytes > most_bytes) break;
      ++count;
    }
    return count;
  }

  void insert(std::span<const Row> rows) {
    if (is_one_by_one()) {
      PreparedInsert& insert = prepared(with_key_, true);
      for (const Row& row : rows) insert.insert(row);
      return;
    }
    StatementText statement(sql_);
    write(statement, rows, true);
    std::move(statement).query(sql_).execute();
  }

  /// Gives the rows the keys that the database makes.
  void insert_numbered(std::span<Row> rows) {
    if (dialect_.engine() == Engine::firebird) return insert_with_generator(rows);
    const bool returns =
        dialect_.engine() == Engine::postgresql || dialect_.engine() == Engine::mariadb;
    if (returns && table_.columns.size() > 1) return insert_returning(rows);
    for (Row& row : rows) row[table_.key] = insert_one(row);
  }

 private:
  /// Whether rows go one by one: Firebird has no other way, and for SQLite a statement with many
  /// parameters is work that grows with their square.
  bool is_one_by_one() const {
    return dialect_.engine() == Engine::firebird || dialect_.engine() == Engine::sqlite;
  }

  PreparedInsert& prepared(std::optional<PreparedInsert>& insert, bool with_key) {
    if (!insert) {
      const Row row(table_.columns.size());
      StatementText statement(sql_);
      write(statement, {&row, 1}, with_key);
      insert.emplace(sql_, table_, with_key, statement.text());
    }
    return *insert;
  }

  void write(StatementText& statement, std::span<const Row> rows, bool with_key) const {
    begin(statement, with_key);
    bool first = true;
    for (const Row& row : rows) {
      if (!first) statement << ", ";
      first = false;
      values(statement, row, with_key);
    }
  }

  void insert_returning(std::span<Row> rows) const {
    StatementText statement(sql_);
    write(statement, rows, false);
    statement << " returning " << dialect_.identifier(table_.key_column().name);
    long long key = 0;
    std::size_t number = 0;
    std::move(statement).query(sql_).fetch(
        [&] {
          if (number < rows.size()) rows[number][table_.key] = key;
          ++number;
        },
        soci::into(key));
    if (number == rows.size()) return;
    throw Error(Errc::database, "The database did not return the keys of the rows",
                {.table = table_.name});
  }

  /// The key that the database has made.
  long long insert_one(const Row& row) {
    const Engine engine = dialect_.engine();
    if (table_.columns.size() == 1) {
      StatementText statement(sql_);
      begin_empty(statement);
      if (engine == Engine::postgresql) return returned_key(std::move(statement));
      std::move(statement).query(sql_).execute();
    } else {
      prepared(without_key_, false).insert(row);
    }
    if (!last_key_) {
      const bool lite = engine == Engine::sqlite;
      last_key_.emplace(sql_, lite ? "select last_insert_rowid()" : "select last_insert_id()");
    }
    return last_key_->read();
  }

  long long returned_key(StatementText&& statement) const {
    statement << " returning " << dialect_.identifier(table_.key_column().name);
    long long key = 0;
    std::move(statement).query(sql_).fetch([] {}, soci::into(key));
    return key;
  }

  void begin(StatementText& statement, bool with_key) const {
    statement << "insert into " << dialect_.identifier(table_.name) << " (";
    bool first = true;
    for (std::size_t at = 0; at < table_.columns.size(); ++at) {
      if (!with_key && at == table_.key) continue;
      if (!first) statement << ", ";
      first = false;
      statement << dialect_.identifier(table_.columns[at].name);
    }
    statement << ") values ";
  }

  /// A row of a table that has nothing but its key.
  void begin_empty(StatementText& statement) const {
    const Engine engine = dialect_.engine();
    const bool is_mysql = engine == Engine::mysql || engine == Engine::mariadb;
    statement << "insert into " << dialect_.identifier(table_.name)
              << (is_mysql ? " () values ()" : " default values");
  }

  void values(StatementText& statement, const Row& row, bool with_key) const {
    const char* before = "(";
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (!with_key && at == table_.key) continue;
      statement << before << statement.parameter(row[at], table_.columns[at].type);
      before = ", ";
    }
    statement << ")";
  }

  /// SOCI cannot read what an INSERT of Firebird returns, so the numbers are taken beforehand.
  void insert_with_generator(std::span<Row> rows) {
    if (generator_.empty()) {
      Query(sql_,
            "select trim(rdb$generator_name) from rdb$relation_fields where rdb$relation_name = "
            ":p0 and rdb$identity_type is not null")
          .bind(catalogue_name())
          .fetch([] {}, soci::into(generator_));
    }
    if (generator_.empty()) {
      throw Error(Errc::invalid_argument, "The database does not number the rows of this table",
                  {.table = table_.name, .column = table_.key_column().name});
    }
    long long last = 0;
    Query(sql_, "select gen_id(\"" + generator_ + "\", " + std::to_string(rows.size()) +
                    ") from rdb$database")
        .fetch([] {}, soci::into(last));
    long long key = last - static_cast<long long>(rows.size());
    for (Row& row : rows) row[table_.key] = ++key;
    insert(rows);
  }

  std::string catalogue_name() const {
    std::string name = dialect_.identifier(table_.name);
    if (name.front() == '"') return name.substr(1, name.size() - 2);
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
  }

  soci::session& sql_;
  const Dialect& dialect_;
  const ModelTable& table_;
  std::optional<PreparedInsert> with_key_;
  std::optional<PreparedInsert> without_key_;
  std::optional<PreparedNumber> last_key_;
  std::string generator_;
};

}  // namespace

void insert_rows(soci::session& sql, const ModelTable& table, std::span<Row> rows) {
  RowInsert insert(sql, table);
  while (!rows.empty()) {
    const auto some = rows.first(insert.batch(rows));
    if (is_numbered(table, some.front())) {
      insert.insert_numbered(some);
    } else {
      insert.insert(some);
    }
    rows = rows.subspan(some.size());
  }
}

}  // namespace affix::detail
