#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "catch.hpp"
#include "media_database.hpp"
#include "server.hpp"
#include "support/campaign.hpp"
#include "support/errors.hpp"
#include "support/gate.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

constexpr std::size_t columns_of_media = 21;
constexpr const char* child = "a process that creates the media tables";

/// What the statements say that `step` runs on this session.
template <class Step>
std::string log_of(soci::session& sql, Step step) {
  std::ostringstream log;
  sql.set_log_stream(&log);
  const std::unique_ptr<soci::session, void (*)(soci::session*)> logged(
      &sql, [](soci::session* session) { session->set_log_stream(nullptr); });
  step();
  return log.str();
}

/// Changes no table: the schema is complete.
bool is_complete(MediaDatabase& media) {
  const std::string log =
      log_of(media.db.sql, [&] { ensure_media_schema(media.db.sql, media.tables); });
  return log.find("create ") == log.npos && log.find("alter ") == log.npos;
}

/// Whether the index is there, by its name.
bool has_index(MediaDatabase& media, const std::string& table, const std::string& index) {
  const bool found = media.db.dialect().has_index(media.db.sql, table, index);
  media.db.done();
  return found;
}

/// This program again, with one test.
pid_t start(const char* test) {
  const std::string program = "/proc/self/exe";
  std::string name = test;
  char* arguments[] = {const_cast<char*>("test"), name.data(), nullptr};
  pid_t process = 0;
  REQUIRE(::posix_spawn(&process, program.c_str(), nullptr, nullptr, arguments, environ) == 0);
  return process;
}

/// The table as nestjs-media makes it: `id` and the texts, the numbers, the documents.
std::vector<ColumnDefinition> older_columns(const Dialect& dialect, const MediaColumns& names) {
  using Null = ColumnDefinition::Null;
  const auto column = [](const std::string& name, const std::string& type) {
    return ColumnDefinition{.name = name, .type = type, .null = Null::forbidden};
  };
  const std::string json =
      dialect.engine() == Engine::firebird ? std::string(dialect.json_type()) : "text";
  const std::size_t key = dialect.engine() == Engine::firebird ? 100 : 255;
  std::vector<ColumnDefinition> columns;
  for (const std::string& name : {names.id, names.owner_type, names.owner_id, names.collection}) {
    columns.push_back(column(name, dialect.text_type(key)));
  }
  for (const std::string& name : {names.name, names.file_name, names.mime_type, names.path}) {
    columns.push_back(column(name, dialect.text_type(255)));
  }
  for (const std::string& name : {names.disk, names.created_at, names.updated_at}) {
    columns.push_back(column(name, dialect.text_type(key)));
  }
  for (const std::string& name : {names.size, names.position}) {
    columns.push_back(column(name, "integer"));
  }
  for (const std::string& name : {names.custom_properties, names.conversions}) {
    columns.push_back(column(name, json));
  }
  return columns;
}

/// Rows as nestjs-media writes them: `row-0` … of one owner.
void insert_older_rows(MediaDatabase& media, int count) {
  const std::string text =
      "insert into " + media.quoted(media.tables.media) +
      " (id, owner_type, owner_id, collection, name, file_name, mime_type, path, disk, created_at, "
      "updated_at, size, " +
      media.quoted("position") +
      ", custom_properties, conversions) values (:id, 'Product', '1', 'gallery', 'a', 'a.png', "
      "'image/png', 'a/b.png', 'local', '2024-05-01T10:00:00.123Z', '2024-05-01T10:00:00.123Z', "
      "10, :position, '{}', '{\"thumb\":{\"path\":\"a/t.webp\",\"disk\":\"local\"}}')";
  media.db.dialect().begin_for_write(media.db.sql);
  std::string id;
  int position = 0;
  {
    // A colon in a literal is no parameter for SOCI.
    soci::statement statement = (media.db.sql.prepare << text, soci::use(id), soci::use(position));
    for (; position < count; ++position) {
      id = "row-" + std::to_string(position);
      statement.execute(true);
    }
  }
  media.db.sql.commit();
}

}  // namespace

TEST_CASE("a process that creates the media tables", "[.]") {
  const char* number = std::getenv("AFFIX_MEDIA_TARGET");
  REQUIRE(number != nullptr);
  const Target target = targets()[std::stoul(number)];
  soci::connection_parameters parameters(std::getenv("AFFIX_MEDIA_CONNECTION"));
  parameters.set_option("odbc.driver_complete", "0");
  soci::session sql(parameters);
  if (target.engine == Engine::sqlite) sql << "pragma busy_timeout = 20000";
  const std::string suffix = std::getenv("AFFIX_MEDIA_TABLES");
  REQUIRE(::write(std::stoi(std::getenv("AFFIX_MEDIA_READY")), ".", 1) == 1);
  const Gate gate(std::getenv("AFFIX_MEDIA_GATE"), Gate::Kind::pass);
  ensure_media_schema(
      sql, {.media = "media" + suffix, .links = "links" + suffix, .positions = "places" + suffix});
}

namespace {

/// Starts processes that connect, and lets them go on all at once. Returns how many have failed.
int failures_at_once(int processes) {
  const TemporaryDirectory directory;
  const std::string path = (directory.path() / "gate").string();
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  ::fcntl(ready[0], F_SETFD, FD_CLOEXEC);
  ::setenv("AFFIX_MEDIA_GATE", path.c_str(), 1);
  ::setenv("AFFIX_MEDIA_READY", std::to_string(ready[1]).c_str(), 1);
  std::vector<pid_t> started;
  int waiting = 0;
  {
    const Gate gate(path, Gate::Kind::close);
    for (int i = 0; i < processes; ++i) started.push_back(start(child));
    ::close(ready[1]);
    char one = 0;
    while (waiting < processes && ::read(ready[0], &one, 1) == 1) ++waiting;
  }
  ::close(ready[0]);
  CHECK(waiting == processes);
  int failed = 0;
  for (const pid_t process : started) {
    int status = -1;
    REQUIRE(::waitpid(process, &status, 0) == process);
    failed += status == 0 ? 0 : 1;
  }
  return failed;
}

}  // namespace

TEST_CASE("[A11] two processes that create the media tables at once both succeed") {
  const auto all = targets();
  const std::size_t number = GENERATE(range(std::size_t{0}, targets().size()));
  const Target target = all[number];
  CAPTURE(target);
  if (target.name == "firebird-embedded") return;  // One process at a time has such a file.
  MediaDatabase media(target);
  ::setenv("AFFIX_MEDIA_TARGET", std::to_string(number).c_str(), 1);
  ::setenv("AFFIX_MEDIA_CONNECTION", media.db.connection().c_str(), 1);
  const int times = rounds(4, 40);
  for (int round = 0; round < times; ++round) {
    CAPTURE(round);
    // Firebird's names have 31 characters.
    const std::string suffix = "_" + std::to_string(::getpid()) + "_" + std::to_string(round);
    media.tables = {
        .media = "media" + suffix, .links = "links" + suffix, .positions = "places" + suffix};
    ::setenv("AFFIX_MEDIA_TABLES", suffix.c_str(), 1);
    CHECK(failures_at_once(2) == 0);
    CHECK(media.columns(media.tables.media).size() == columns_of_media);
    CHECK(is_complete(media));
    for (const auto& table : {media.tables.media, media.tables.links, media.tables.positions}) {
      media.db.run("drop table " + media.quoted(table));
    }
  }
}

TEST_CASE("[A11][A13] a table of an older version gets its columns and keeps its rows") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  constexpr int rows = 10'000;
  const auto columns = older_columns(media.db.dialect(), media.tables.columns);
  media.db.run(
      media.db.dialect().create_table(media.tables.media, columns, std::vector<std::string>{"id"}));
  insert_older_rows(media, rows);
  const auto before = media.columns(media.tables.media);
  const auto store = media.store();
  CHECK(store->count({}) == rows);
  const auto after = media.columns(media.tables.media);
  REQUIRE(after.size() == columns_of_media);
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].name == before[i].name);
    CHECK(after[i].type == before[i].type);
  }
  const auto& tables = media.tables;
  for (const char* index : {"_owner", "_collection", "_disk", "_created"}) {
    CAPTURE(index);
    CHECK(has_index(media, tables.media, tables.media + index));
  }
  CHECK(has_index(media, tables.links, tables.links + "_owner"));
  CHECK_FALSE(has_index(media, tables.media, tables.media + "_none"));
  CHECK(is_complete(media));
  const auto old = store->find("row-7", nullptr);
  REQUIRE(old);
  CHECK(old->position == 7);
  CHECK(old->attachment.variants.at("thumb").mime_type == "image/webp");
  CHECK(format_time(*old->attachment.created_at) == "2024-05-01T10:00:00.123Z");
  const auto tx = media.begin();
  CHECK(store->next_position(*tx, old->place, 1) == rows);
  store->save(*tx, *old);
  tx->commit();
  CHECK(store->find("row-7", nullptr)->attachment == old->attachment);
}

TEST_CASE("[A13] a column that was customised stays as it is") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  auto columns = older_columns(media.db.dialect(), media.tables.columns);
  for (ColumnDefinition& column : columns) {
    if (column.name == "name") column.type = media.db.dialect().text_type(700);
  }
  media.db.run(
      media.db.dialect().create_table(media.tables.media, columns, std::vector<std::string>{"id"}));
  const auto type = [&] {
    for (const ColumnInfo& column : media.columns(media.tables.media)) {
      if (media.db.dialect().is_named(column, "name")) return column.type;
    }
    return std::string();
  };
  const std::string before = type();
  ensure_media_schema(media.db.sql, media.tables);
  CHECK(type() == before);
  CHECK(media.columns(media.tables.media).size() == columns_of_media);
}

TEST_CASE("[A12] the statements for migrations by hand make complete tables") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target, GENERATE(MediaColumns{}, typeorm_media_columns()));
  for (const std::string& statement : media_schema_sql(media.db.dialect(), media.tables)) {
    CHECK(statement.find(';') == statement.npos);
    media.db.run(statement);
  }
  CHECK(is_complete(media));
  CHECK(media.store(SociMediaStoreOptions::Schema::never)->count({}) == 0);
}

TEST_CASE("without the tables and without the leave to make them, a store says so") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store(SociMediaStoreOptions::Schema::never);
  const auto error = error_of([&] { store->count({}); });
  REQUIRE(error);
  CHECK(error->code() == Errc::database);
  CHECK(error->cause().starts_with("missing_object: "));
}

TEST_CASE("the media tables are not made inside of a transaction") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target);
  media.db.dialect().begin_for_write(media.db.sql);
  CHECK(code_of([&] { ensure_media_schema(media.db.sql, media.tables); }) == Errc::invalid_state);
  media.db.sql.rollback();
  CHECK_FALSE(is_complete(media));
  CHECK(is_complete(media));
}

namespace {

/// Takes a session's right to create tables, and gives it back.
class WithoutRights {
 public:
  explicit WithoutRights(soci::session& sql) : sql_(sql), engine_(dialect_of(sql).engine()) {
    if (engine_ == Engine::sqlite) sql_ << "pragma query_only = 1";
    if (engine_ == Engine::mariadb) sql_ << "set session transaction read only";
    if (engine_ != Engine::postgresql) return;
    sql_ << "create role " + role_;
    sql_ << "set role " + role_;
  }
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;
  ~WithoutRights() {
    if (engine_ == Engine::sqlite) sql_ << "pragma query_only = 0";
    if (engine_ == Engine::mariadb) sql_ << "set session transaction read write";
    if (engine_ != Engine::postgresql) return;
    sql_ << "reset role";
    sql_ << "drop role " + role_;
  }

 private:
  soci::session& sql_;
  Engine engine_;
  const std::string role_ = "affix_weak_" + std::to_string(::getpid());
};

}  // namespace

TEST_CASE("[A11] a first failure to make the tables is not remembered") {
  const Target target = GENERATE(from_range(targets()));
  if (target.engine == Engine::firebird) return;  // No session of it can be without the right.
  CAPTURE(target);
  MediaDatabase media(target);
  const auto store = media.store();
  {
    const WithoutRights weak(media.db.sql);
    CHECK(code_of([&] { store->count({}); }) == Errc::database);
    CHECK(media.columns(media.tables.media).empty());
  }
  CHECK(store->count({}) == 0);
  CHECK(is_complete(media));
}

TEST_CASE("[A14] a table of the TypeORM adapter is used as it stands") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  MediaDatabase media(target, typeorm_media_columns());
  MediaColumns quoted = media.tables.columns;
  for (std::string* name :
       {&quoted.owner_type, &quoted.owner_id, &quoted.file_name, &quoted.mime_type,
        &quoted.custom_properties, &quoted.created_at, &quoted.updated_at}) {
    *name = "\"" + *name + "\"";
  }
  media.db.run(media.db.dialect().create_table(media.tables.media,
                                               older_columns(media.db.dialect(), quoted),
                                               std::vector<std::string>{"id"}));
  const auto store = media.store();
  const auto tx = media.begin();
  MediaRecord record{.attachment = {.id = "a",
                                    .name = "A name",
                                    .file_name = "a.png",
                                    .disk = "local",
                                    .path = "media/a",
                                    .size = 1,
                                    .mime_type = "image/png"},
                     .place = {{"Product", "1"}, "gallery"}};
  store->append(*tx, {record});
  record.attachment.name = "Another name";
  store->save(*tx, record);
  tx->commit();
  const auto columns = media.columns(media.tables.media);
  CHECK(columns.size() == columns_of_media);
  CHECK(std::any_of(columns.begin(), columns.end(),
                    [](const ColumnInfo& column) { return column.name == "ownerType"; }));
  CHECK(media.db.number("select count(*) from " + media.quoted(media.tables.media) + " where " +
                        media.quoted("\"ownerType\"") + " = 'Product'") == 1);
  const auto listed = store->list_by_owner({"Product", "1"}, "gallery", nullptr);
  REQUIRE(listed.size() == 1);
  CHECK(listed.front().attachment.name == "Another name");
  CHECK(store->list({.owner_type = "Product"}, "", 5).records == listed);
}
