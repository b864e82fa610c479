#include "catch.hpp"
#include "database.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

// Documents that a column has only a part of.

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

namespace {

using Optional = std::optional<Attachment>;

/// A type that holds any long text, not only JSON.
std::string plain_text_type(const Target& target) {
  if (target.engine == Engine::firebird) return "blob sub_type text character set utf8";
  return target.engine == Engine::mariadb ? "longtext" : "text";
}

/// A type that is too small for a document of 100,000 bytes; empty where there is none.
std::string small_type(const Target& target) {
  switch (target.engine) {
    case Engine::sqlite:
      return target.is_odbc() ? "varchar(100)" : "";
    case Engine::postgresql:
      return target.is_odbc() ? "varchar" : "varchar(100)";
    case Engine::mysql:
    case Engine::mariadb:
      return "text";
    case Engine::firebird:
      return "varchar(8000)";
  }
  return {};
}

/// Whether the statement throws; what it began is rolled back then.
template <class Statement>
bool is_refused(Database& db, Statement statement) {
  try {
    statement();
  } catch (const soci::soci_error&) {
    if (in_transaction(db.sql)) db.sql.rollback();
    return true;
  }
  db.done();
  return false;
}

}  // namespace

TEST_CASE("half a document in the column is an error for every type") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string table = db.new_name("halves");
  db.run("create table " + table + "(doc " + plain_text_type(target) + ")");
  const std::string whole = print(sample_attachment());
  db.run("insert into " + table + "(doc) values('" + whole.substr(0, whole.size() / 2) + "')");
  const auto code = [&](auto value) {
    return code_of([&] { db.sql << "select doc from " + table, into(value); });
  };
  CHECK(code(Attachment()) == Errc::invalid_document);
  CHECK(code(Optional()) == Errc::invalid_document);
  CHECK(code(AttachmentList()) == Errc::invalid_document);
  db.done();
}

TEST_CASE("a column that is too small refuses a document, or what it has cut is an error") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  Database db(target);
  const std::string type = small_type(target);
  if (type.empty()) return;  // SQLite itself keeps to no length.
  const std::string table = db.new_name("small");
  db.run("create table " + table + "(doc " + type + ")");
  const Attachment attachment = of_size(100'000);
  const auto put = [&] {
    db.sql << "insert into " + table + "(doc) values(:doc)", use(attachment);
  };
  if (target.name == "postgresql" || target.engine == Engine::mariadb) {
    CHECK(is_refused(db, put));
    if (target.engine == Engine::postgresql) return;
    db.run("set session sql_mode = ''");  // Then MariaDB cuts with a mere warning.
  }
  REQUIRE_FALSE(is_refused(db, put));
  const auto code = code_of([&] {
    Attachment read;
    db.sql << "select doc from " + table, into(read);
  });
  CHECK((code == Errc::database || code == Errc::invalid_document));
  if (target.engine == Engine::firebird) {  // SOCI has emptied it.
    Optional read;
    db.sql << "select doc from " + table, into(read);
    CHECK(read == std::nullopt);
  }
  db.done();
}
