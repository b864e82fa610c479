#include "affix/persistence/ledger.hpp"
#include "affix/soci/session_state.hpp"
#include "persistence/stamps.hpp"
#include "persistence/table_schema.hpp"

namespace affix {
namespace {

using detail::IndexDefinition;
using Null = ColumnDefinition::Null;

detail::TableDefinition ledger_table(const Dialect& dialect, const std::string& name) {
  const auto text = [&](std::size_t width) { return dialect.text_type(width); };
  return {
      .name = name,
      .columns = {{"id", text(36), "", Null::forbidden},
                  {"state", text(8), "'live'", Null::forbidden},
                  {"disk", text(64), "''", Null::forbidden},
                  {"prefix", text(512), "''", Null::forbidden},
                  {"slot", text(255)},
                  {"idempotency_key", text(120)},
                  {"size", "bigint", "0", Null::forbidden},
                  {"changed_at", "bigint", "0", Null::forbidden},
                  {"lease_owner", text(64)},
                  {"lease_until", "bigint"}},
      .primary_key = {"id"},
      .indexes = {
          {detail::index_name(name, "state"), {"state", "changed_at"}},
          {detail::index_name(name, "key"), {"idempotency_key"}, IndexDefinition::Kind::unique}}};
}

}  // namespace

void ensure_schema(soci::session& sql, AttachmentManager& files) {
  const detail::ManagerCore& core = detail::ManagerAccess::core(files);
  if (!core.has_ledger()) {
    throw Error(Errc::invalid_state, "The manager is configured to have no ledger");
  }
  const detail::SchemaChange change(sql);
  detail::ensure_table(sql, ledger_table(dialect_of(sql), core.options().ledger.table));
  detail::Stamps(sql, core).ensure();
}

}  // namespace affix
