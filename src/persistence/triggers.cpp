#include "affix/persistence/triggers.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "affix/soci/session_pool.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/storage/checksum.hpp"
#include "manager/manager_core.hpp"
#include "persistence/ledger.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

enum class Event { deleted, updated };
enum class Holds { one, list };

/// How every document starts that affix prints.
constexpr std::string_view before_id = R"({"v":1,"id":")";

/// The statements for one column and one event. None has a colon outside of quotes: SOCI would take
/// it for a parameter.
class Trigger {
 public:
  Trigger(const Dialect& dialect, const std::string& ledger, const ColumnField& field, Holds holds,
          Event event)
      : dialect_(dialect), ledger_(ledger), field_(field), holds_(holds), event_(event) {
    if (holds == Holds::list && dialect.engine() == Engine::firebird) {
      throw Error(Errc::unsupported, "Triggers for lists need a database that can read JSON",
                  {.table = std::string(field.table), .column = std::string(field.column)});
    }
  }

  /// Makes it, or makes it anew.
  std::vector<std::string> install() const {
    const Engine engine = dialect_.engine();
    std::vector<std::string> statements;
    // The others can replace one; here that is a single transaction.
    if (engine != Engine::firebird && engine != Engine::mariadb) statements = drop();
    for (std::string& statement : create()) statements.push_back(std::move(statement));
    return statements;
  }

  std::vector<std::string> drop() const {
    switch (dialect_.engine()) {
      case Engine::postgresql:
        return {"drop trigger if exists " + name() + " on " + dialect_.identifier(field_.table),
                "drop function if exists " + scoped() + "()"};
      case Engine::firebird:
        return {
            "execute block as begin if (exists(select 1 from rdb$triggers where "
            "rdb$trigger_name = upper('" +
            name() + "'))) then execute statement 'drop trigger " + name() + "'; end"};
      default:
        return {"drop trigger if exists " + scoped()};
    }
  }

 private:
  std::vector<std::string> create() const {
    const std::string doing = is_mysql() ? doom() : "begin " + doom() + "; end";
    const std::string table = dialect_.identifier(field_.table);
    switch (dialect_.engine()) {
      case Engine::sqlite:
        return {"create trigger " + scoped() + " after " +
                (is_update() ? "update of " + column() : "delete") + " on " +
                dialect_.identifier(base(field_.table)) + " " + doing};
      case Engine::postgresql:
        return {"create or replace function " + scoped() +
                    "() returns trigger language plpgsql as " + Dialect::literal(plpgsql()),
                "create trigger " + name() + " after " +
                    (is_update() ? "update of " + column() : "delete") + " on " + table +
                    " for each row execute function " + scoped() + "()"};
      case Engine::mysql:
      case Engine::mariadb:
        return {(dialect_.engine() == Engine::mariadb ? "create or replace trigger "
                                                      : "create trigger ") +
                scoped() + " after " + event() + " on " + table + " for each row " + doing};
      case Engine::firebird:
        return {"create or alter trigger " + name() + " for " + table + " after " + event() +
                " as " + doing};
    }
    return {};
  }

  /// What cannot be read is nobody's, and must not keep the row from being changed.
  std::string plpgsql() const {
    const auto read = [&](const char* into, const char* row) {
      std::string text = "begin ";
      text += into;
      text += " = cast(";
      text += row;
      text += "." + column() + " as jsonb); ";
      return text += "exception when data_exception then null; end; ";
    };
    std::string text = "declare was jsonb; became jsonb; begin ";
    text += read("was", "old");
    if (is_update()) text += read("became", "new");
    return text += doom() + "; return null; end";
  }

  /// In `plpgsql`, where a row's document has been read.
  static std::string document_of(const std::string& row) { return row == "old" ? "was" : "became"; }

  bool is_update() const { return event_ == Event::updated; }
  bool is_mysql() const {
    return dialect_.engine() == Engine::mysql || dialect_.engine() == Engine::mariadb;
  }
  std::string event() const { return is_update() ? "update" : "delete"; }
  std::string column() const { return dialect_.identifier(field_.column); }

  static std::string_view base(std::string_view table) {
    return table.substr(table.rfind('.') + 1);  // All of it if there is no dot.
  }

  /// Short enough for every engine, and another one for each column.
  std::string name() const {
    std::string place(field_.table);
    place += '.';
    place += field_.column;
    const std::string digest = checksum(std::as_bytes(std::span(place)));
    return "affix_" + digest.substr(digest.find(':') + 1, 12) + (is_update() ? "_upd" : "_del");
  }
  /// The name in the schema of the table.
  std::string scoped() const {
    const std::size_t dot = field_.table.rfind('.');
    if (dot == std::string_view::npos) return name();
    return dialect_.identifier(field_.table.substr(0, dot)) + "." + name();
  }

  /// SQL for the id in a document of `row`; NULL if there is none.
  std::string id_in(const std::string& row) const {
    const std::string document = row + "." + column();
    switch (dialect_.engine()) {
      case Engine::sqlite:
        return "case when json_valid(" + document + ") then json_extract(" + document +
               ", '$.id') end";
      case Engine::postgresql:
        return document_of(row) + " ->> 'id'";
      case Engine::mysql:
      case Engine::mariadb:
        return "json_unquote(json_extract(" + document + ", '$.id'))";
      case Engine::firebird:  // It has no functions for JSON.
        return "cast(substring(" + document + " from " + std::to_string(before_id.size() + 1) +
               " for 36) as varchar(36))";
    }
    return {};
  }

  /// A SELECT of the ids in a list of `row`.
  std::string ids_in(const std::string& row) const {
    const std::string document = row + "." + column();
    switch (dialect_.engine()) {
      case Engine::sqlite:
        return "select coalesce(json_extract(value, '$.id'), '') from json_each(case when "
               "json_valid(" +
               document + ") then " + document + " else '[]' end)";
      case Engine::postgresql:
        return "select coalesce(item ->> 'id', '') from jsonb_array_elements(case "
               "jsonb_typeof(" +
               document_of(row) + ") when 'array' then " + document_of(row) +
               " else '[]' end) as item";
      default:
        return "select coalesce(item.id, '') from json_table(" + document +
               ", '$[*]' columns (id varchar(36) path '$.id')) as item";
    }
  }

  std::string condition() const {
    if (holds_ == Holds::list) {
      return "id in (" + ids_in("old") + ")" +
             (is_update() ? " and id not in (" + ids_in("new") + ")" : "");
    }
    const std::string now = "(" + id_in("new") + ")";
    return "id = (" + id_in("old") + ")" +
           (is_update() ? " and (" + now + " is null or id <> " + now + ")" : "");
  }

  /// As the ledger's own: an attachment that belongs to another row stays.
  std::string slot() const {
    std::string place(field_.table);
    place += '.';
    place += field_.column;
    const std::string start = Dialect::literal(place += '#');
    const std::string key = "old." + dialect_.identifier(field_.key);
    if (is_mysql()) return "concat(" + start + ", " + key + ")";
    return start + " || cast(" + key + " as varchar(255))";
  }

  std::string doom() const {
    const bool bare = dialect_.engine() == Engine::sqlite;  // It takes no schema in a trigger.
    std::string text = "update " + dialect_.identifier(bare ? base(ledger_) : ledger_);
    text += " set state = 'doomed', idempotency_key = null, changed_at = ";
    text += dialect_.now_milliseconds();
    text += ", lease_owner = ";
    text += detail::signature(dialect_.engine());
    text += " where state = 'live' and " + condition();
    return text += " and (slot is null or slot = " + slot() + ")";
  }

  const Dialect& dialect_;
  std::string_view ledger_;
  const ColumnField& field_;
  Holds holds_;
  Event event_;
};

std::vector<Trigger> triggers_of(soci::session& sql, const std::string& ledger,
                                 const TriggerOptions& options) {
  std::vector<Trigger> all;
  for (const Event event : {Event::deleted, Event::updated}) {
    for (const ColumnField& field : options.fields) {
      all.emplace_back(dialect_of(sql), ledger, field, Holds::one, event);
    }
    for (const ColumnListField& field : options.list_fields) {
      all.emplace_back(dialect_of(sql), ledger, field.column, Holds::list, event);
    }
  }
  return all;
}

const std::string& checked_ledger(soci::session& sql, AttachmentManager& files) {
  const detail::ManagerCore& core = detail::ManagerAccess::core(files);
  if (!core.has_ledger()) {
    throw Error(Errc::unsupported, "Without a ledger triggers have nothing to write to");
  }
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "Triggers cannot be made or removed inside of a transaction");
  }
  return core.options().ledger.table;
}

void run_one(soci::session& sql, const std::string& text) {
  soci::statement statement = (sql.prepare << text);
  const StatementGuard guard(sql, statement);
  statement.execute(true);
}

void run(soci::session& sql, const std::vector<std::string>& statements) {
  try {
    detail::in_own_transaction(sql, [&] {
      for (const std::string& statement : statements) run_one(sql, statement);
    });
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw detail::database_error("A trigger could not be made or removed", error);
  }
}

}  // namespace

void install_triggers(soci::session& sql, AttachmentManager& files, const TriggerOptions& options) {
  const std::string& ledger = checked_ledger(sql, files);
  const std::vector<Trigger> triggers = triggers_of(sql, ledger, options);
  for (const ColumnField& field : options.fields) field.check(sql);
  for (const ColumnListField& field : options.list_fields) field.column.check(sql);
  for (const Trigger& trigger : triggers) {
    run(sql, trigger.install());
  }
}

void remove_triggers(soci::session& sql, AttachmentManager& files, const TriggerOptions& options) {
  for (const Trigger& trigger : triggers_of(sql, checked_ledger(sql, files), options)) {
    run(sql, trigger.drop());
  }
}

}  // namespace affix
