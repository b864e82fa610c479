#include "orm/statement_text.hpp"

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

}  // namespace

void require_whole(const ColumnValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text || text->find('\0') == std::string::npos) return;
  throw Error(Errc::invalid_argument, "A text has U+0000, which not every database can hold");
}

Query StatementText::query(soci::session& sql) && {
  constexpr std::size_t most_of_sqlite = 32'766;
  constexpr std::size_t most_of_others = 65'535;
  if (values_.size() > (by_position_ ? most_of_sqlite : most_of_others)) {
    throw Error(Errc::invalid_argument, "A statement has more values than the database takes");
  }
  Query query(sql, std::move(text_));
  for (auto& [value, type] : values_) std::visit(Binder{query, type}, value);
  values_.clear();
  return query;
}

}  // namespace affix::detail
