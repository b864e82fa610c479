#include "orm/statement_text.hpp"

#include "affix/soci/session_state.hpp"

namespace affix::detail {
namespace {

void bind_null(Query& query, ColumnType type) {
  switch (type) {
    case ColumnType::integer:
    case ColumnType::boolean:
      query.bind_unless_zero(0);
      return;
    case ColumnType::json:
      query.bind_document({});
      return;
    case ColumnType::real:
    case ColumnType::text:
    case ColumnType::time:
      query.bind_optional({});
      return;
  }
}

struct Binder {
  Query& query;
  ColumnType type;

  void operator()(std::monostate) const { bind_null(query, type); }
  void operator()(long long value) const { query.bind(value); }
  void operator()(double value) const { query.bind(value); }
  void operator()(std::string& value) const {
    if (type == ColumnType::json) {
      query.bind_document(std::move(value));
    } else {
      query.bind(std::move(value));
    }
  }
};

/// How many values a statement can have. psqlodbc lets PostgreSQL describe them, four bytes for
/// each, and libpq takes a description of more than 30,000 bytes for a broken connection.
std::size_t most_values(soci::session& sql) {
  const Engine engine = dialect_of(sql).engine();
  if (engine == Engine::sqlite) return 32'766;
  if (engine == Engine::postgresql && sql.get_backend_name() == "odbc") return 7'498;
  return 65'535;
}

}  // namespace

void require_whole(const ColumnValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->find('\0') == std::string::npos) return;
  throw Error(Errc::invalid_argument, "A text has U+0000, which not every database can hold");
}

Query StatementText::query(soci::session& sql) && {
  if (values_.size() > most_values(sql)) {
    throw Error(Errc::invalid_argument, "A statement has more values than the database takes");
  }
  Query query(sql, std::move(text_));
  for (auto& [value, type] : values_) std::visit(Binder{query, type}, value);
  values_.clear();
  return query;
}

}  // namespace affix::detail
