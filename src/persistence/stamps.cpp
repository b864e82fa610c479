#include "persistence/stamps.hpp"

#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "persistence/query.hpp"
#include "persistence/row_access.hpp"
#include "persistence/session_settings.hpp"
#include "persistence/statement.hpp"
#include "persistence/table_schema.hpp"

namespace affix::detail {
namespace {

using Null = ColumnDefinition::Null;

constexpr int schema_version = 1;
constexpr std::string_view unreadable =
    "The tables of the ledger cannot be read; has ensure_schema made them?";
constexpr std::string_view unwritable = "The reaper could not write to its table";

TableDefinition meta_table(const Dialect& dialect, const std::string& name) {
  return {.name = name,
          .columns = {{"instance", dialect.text_type(64), "", Null::forbidden},
                      {"epoch", "bigint", "0", Null::forbidden},
                      {"token", dialect.text_type(64), "''", Null::forbidden},
                      {"schema_version", "integer", "1", Null::forbidden}},
          .primary_key = {"instance"},
          .indexes = {}};
}

std::string read_text(Disk& disk, const Key& key) {
  const auto reader = disk.open(key);
  std::string text(64, '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  std::size_t size = 0;
  while (const std::size_t count = reader->read(bytes.subspan(size))) size += count;
  return text.substr(0, size);
}

void put_text(Disk& disk, const Key& key, std::string_view text, Overwrite overwrite) {
  disk.put(key, *make_memory_reader(std::string(text)), {.overwrite = overwrite});
}

/// All names in a folder.
std::vector<std::string> names_in(Disk& disk, const Key& folder) {
  std::vector<std::string> names;
  ListOptions options{.prefix = folder.text() + "/", .delimiter = "/"};
  do {
    Listing page = disk.list(options);
    for (const FileInfo& file : page.files) names.emplace_back(file.key.file_name());
    options.cursor = page.cursor.value_or("");
  } while (!options.cursor.empty());
  return names;
}

/// So that names sort as the numbers do.
std::string padded(std::int64_t number) {
  std::string digits = std::to_string(number);
  return std::string(20 - std::min<std::size_t>(20, digits.size()), '0') + digits;
}

}  // namespace

Stamps::Stamps(soci::session& sql, const ManagerCore& core)
    : sql_(sql),
      core_(core),
      dialect_(dialect_of(sql)),
      table_(dialect_.identifier(core.options().ledger.meta_table)) {}

void Stamps::ensure() {
  ensure_table(sql_, meta_table(dialect_, core_.options().ledger.meta_table));
  insert_row();
  const std::string token = read().token;
  for (const std::string& name : core_.options().disks.names()) {
    Disk& disk = core_.disk(name);
    try {
      put_text(disk, token_key(), token, Overwrite::never);
    } catch (const Error& error) {
      if (error.code() != Errc::exists) throw;
    }
  }
  check();
}

void Stamps::insert_row() {
  if (has_row()) return;
  const auto& options = core_.options();
  const std::string token =
      options.ledger.token.empty() ? options.ids->next() : options.ledger.token;
  Query insert(sql_, "insert into " + table_ +
                         " (instance, epoch, token, schema_version) values (:p0, 0, :p1, " +
                         std::to_string(schema_version) + ")");
  insert.bind(options.instance).bind(token);
  try {
    core_.statement("meta.insert", [&] { in_own_transaction(sql_, [&] { insert.execute(); }); });
  } catch (const std::exception& error) {
    if (has_row()) return;  // Another process was faster.
    throw database_error("The ledger's own row could not be written", error,
                         {.table = options.ledger.meta_table});
  }
}

bool Stamps::has_row() {
  const OpenedByStatement opened(sql_);
  long long rows = 0;
  run("meta.count", unreadable,
      [&] { Query(sql_, "select count(*) from " + table_).fetch([] {}, soci::into(rows)); });
  return rows > 0;
}

template <class Statement>
void Stamps::run(std::string_view name, std::string_view message, Statement statement) const {
  run_statement(core_, name, message, {.table = core_.options().ledger.meta_table}, statement);
}

Stamps::Row Stamps::read() {
  std::vector<Row> rows;
  std::string instance, token;
  long long epoch = 0;
  Query query(sql_, "select instance, token, epoch from " + table_);
  const OpenedByStatement opened(sql_);
  const auto add = [&] { rows.push_back({token, epoch}); };
  run("meta.read", unreadable,
      [&] { query.fetch(add, soci::into(instance), soci::into(token), soci::into(epoch)); });
  const Where where{.table = core_.options().ledger.meta_table};
  if (rows.empty()) {
    throw Error(Errc::database, unreadable, where, "the table has no row yet");
  }
  if (rows.size() != 1 || instance != core_.options().instance) {
    throw Error(Errc::conflict, "The database belongs to another instance", where, instance);
  }
  const std::string& configured = core_.options().ledger.token;
  if (!configured.empty() && rows.front().token != configured) {
    throw Error(Errc::conflict, "The database belongs to another environment", where,
                rows.front().token);
  }
  return rows.front();
}

void Stamps::check_disk(Disk& disk, const std::string& token) const {
  if (!disk.exists(token_key())) {
    throw Error(Errc::conflict, "The disk belongs to no database yet; call ensure_schema",
                {.disk = disk.name()});
  }
  if (read_text(disk, token_key()) != token) {
    throw Error(
        Errc::conflict,
        "The disk belongs to another database under this instance's name; give each database "
        "an instance of its own, or see claim_disk",
        {.disk = disk.name()});
  }
}

void Stamps::check() {
  const std::string token = read().token;
  for (const std::string& name : core_.options().disks.names()) check_disk(core_.disk(name), token);
}

std::int64_t Stamps::highest(Disk& disk) const {
  std::int64_t highest = 0;
  for (const std::string& name : names_in(disk, epoch_folder())) {
    if (name.find_first_not_of("0123456789") != name.npos || name.size() > 20) continue;
    highest = std::max<std::int64_t>(highest, std::stoll(name));
  }
  return highest;
}

void Stamps::put_epoch(Disk& disk, std::int64_t epoch) const {
  put_text(disk, epoch_folder() / padded(epoch), "", Overwrite::never);
  for (const std::string& name : names_in(disk, epoch_folder())) {
    if (name < padded(epoch)) disk.remove(epoch_folder() / name);
  }
}

void Stamps::advance() {
  check();
  // The disks are asked first: whatever they have seen by now, this database has counted before.
  std::map<std::string, std::int64_t> seen;
  for (const std::string& name : core_.options().disks.names()) {
    seen[name] = highest(core_.disk(name));
  }
  const std::int64_t before = read().epoch;
  for (const auto& [name, highest] : seen) {
    if (highest > before) refuse_copy(name);
  }
  const std::int64_t epoch = count_up(0);
  for (const std::string& name : core_.options().disks.names()) {
    try {
      put_epoch(core_.disk(name), epoch);
    } catch (const Error& error) {
      if (error.code() != Errc::exists) throw;
      fall_behind();
      refuse_copy(name);
    }
  }
}

void Stamps::refuse_copy(const std::string& disk) const {
  throw Error(Errc::conflict,
              "The disk has seen a later state of this database: it is a copy, or was restored "
              "from a backup; see claim_disk",
              {.disk = disk});
}

/// For a copy that has counted as far as the other one at the same time: it must not be ahead of
/// it the next time.
void Stamps::fall_behind() {
  run("meta.fall_behind", unwritable, [&] {
    in_own_transaction(sql_, [&] { Query(sql_, "update " + table_ + " set epoch = 0").execute(); });
  });
}

std::int64_t Stamps::count_up(std::int64_t beyond) {
  long long epoch = 0;
  run("meta.count_up", unwritable, [&] {
    commit_durably(sql_, [&] {
      Query(sql_, "update " + table_ + " set epoch = epoch + 1 + " + std::to_string(beyond))
          .execute();
      Query(sql_, "select epoch from " + table_).fetch([] {}, soci::into(epoch));
    });
  });
  return epoch;
}

void Stamps::make_durable() { count_up(0); }

void Stamps::claim() {
  const Row row = read();
  std::int64_t beyond = 0;
  for (const std::string& name : core_.options().disks.names()) {
    Disk& disk = core_.disk(name);
    beyond = std::max(beyond, highest(disk) - row.epoch);
    put_text(disk, token_key(), row.token, Overwrite::allowed);
  }
  count_up(beyond);
  advance();
}

}  // namespace affix::detail
