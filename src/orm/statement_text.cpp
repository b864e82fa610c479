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

Query StatementText::query(soci::session& sql) && {
  Query query(sql, std::move(text_));
  for (auto& [value, type] : values_) std::visit(Binder{query, type}, value);
  values_.clear();
  return query;
}

}  // namespace affix::detail
