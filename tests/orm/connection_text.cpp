#include "orm/connection_text.hpp"

#include "catch.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;
using detail::connection_text;
using detail::public_connection_text;

namespace {

DataSourceSettings shop(const std::string& backend, const std::string& password = "secret") {
  return {.backend = backend,
          .host = "db.example",
          .port = 4711,
          .database = "shop",
          .user = "ada",
          .password = password,
          .file = backend == "sqlite3" ? "shop.db" : "",
          .options = backend == "odbc" ? "Driver={Some Driver}" : ""};
}

std::string with_password(const std::string& backend, const std::string& password) {
  return connection_text({.backend = backend,
                          .database = "d",
                          .password = password,
                          .options = backend == "odbc" ? "DSN=d" : "charset=x"});
}

/// The member that an error names, which has no word of the value.
std::string refused(const DataSourceSettings& settings) {
  const auto error = error_of([&] { static_cast<void>(connection_text(settings)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(std::string(error->what()).find("hush") == std::string::npos);
  return error->where().member;
}

}  // namespace

TEST_CASE("settings become the connection string of each backend") {
  CHECK(connection_text(shop("sqlite3")) == "db=\"shop.db\" timeout=5");
  CHECK(connection_text(shop("postgresql")) ==
        "host=db.example port=4711 dbname=shop user=ada password=secret");
  CHECK(connection_text(shop("mysql")) ==
        "host='db.example' port='4711' db='shop' user='ada' password='secret' charset=utf8mb4");
  CHECK(connection_text(shop("firebird")) ==
        "service=db.example/4711:shop user=ada password=secret charset=UTF8");
  CHECK(connection_text(shop("odbc")) ==
        "Server=db.example;Port=4711;Database=shop;Uid=ada;Pwd=secret;Driver={Some Driver}");
}

TEST_CASE("what is not said is left out") {
  CHECK(connection_text({.backend = "postgresql"}).empty());
  CHECK(connection_text({.backend = "mysql"}) == "charset=utf8mb4");
  CHECK(connection_text({.backend = "firebird", .database = "shop"}) ==
        "service=shop charset=UTF8");
  CHECK(connection_text({.backend = "odbc", .options = "DSN=shop"}) == "DSN=shop");
}

TEST_CASE("options come last, and say otherwise than the defaults") {
  DataSourceSettings settings = shop("postgresql");
  settings.options = "sslmode=require";
  CHECK(connection_text(settings) ==
        "host=db.example port=4711 dbname=shop user=ada password=secret sslmode=require");
  CHECK(connection_text({.file = "a", .options = "timeout=1"}) == "db=\"a\" timeout=1");
  CHECK(connection_text({.backend = "mysql", .options = "charset=latin1"}) == "charset=latin1");
}

TEST_CASE("a host that is a path is a unix socket") {
  CHECK(connection_text({.backend = "postgresql", .host = "/run/pg"}) == "host=/run/pg");
  CHECK(connection_text({.backend = "mysql", .host = "/run/my.sock", .options = "charset=x"}) ==
        "unix_socket='/run/my.sock' charset=x");
  CHECK(refused({.backend = "firebird", .host = "/run/hush", .database = "d"}) == "host");
  CHECK(refused({.backend = "odbc", .host = "/run/hush", .options = "DSN=d"}) == "host");
}

TEST_CASE("a password is quoted as its backend reads it") {
  CHECK(with_password("postgresql", "it's \\ here") ==
        "dbname=d password=\"'it\\'s \\\\ here'\" charset=x");
  CHECK(with_password("postgresql", "a\"b") == "dbname=d password='a\"b' charset=x");
  CHECK(with_password("mysql", "it's \"\\\" here") ==
        "db='d' password='it\\'s \"\\\\\" here' charset=x");
  CHECK(with_password("firebird", "a b'c\\") == "service=d password=\"a b'c\\\" charset=x");
  CHECK(with_password("firebird", "a\"b") == "service=d password=a\"b charset=x");
  CHECK(with_password("odbc", "a;b c") == "Database=d;Pwd={a;b c};DSN=d");
}

TEST_CASE("what a backend cannot be told is refused by its name and not by its value") {
  const auto password = [](const std::string& backend, const std::string& text) {
    return refused({.backend = backend,
                    .database = "d",
                    .password = text,
                    .options = backend == "odbc" ? "DSN=d" : ""});
  };
  using namespace std::string_literals;
  CHECK(password("postgresql", "hush \" hush") == "password");
  CHECK(password("firebird", "hush \" hush") == "password");
  CHECK(password("firebird", "\"hush") == "password");
  CHECK(password("firebird", std::string(256, 'x')) == "password");
  CHECK(password("odbc", "hush}hush") == "password");
  CHECK(password("odbc", "hush ") == "password");
  for (const char* backend : {"postgresql", "mysql", "firebird", "odbc"}) {
    CHECK(password(backend, "hush\0hush"s) == "password");
  }
  CHECK(refused({.file = "hush\".db"}) == "file");
  CHECK(refused({.backend = "odbc", .user = "hush;", .options = "DSN=d"}) == "user");
  CHECK(refused({.backend = "odbc", .user = " hush", .options = "DSN=d"}) == "user");
  CHECK(refused({.backend = "postgresql", .port = 65536}) == "port");
  CHECK(refused({.backend = "firebird", .port = -1, .database = "d"}) == "port");
}

TEST_CASE("what a backend cannot do without has to be there") {
  CHECK(refused({.backend = "hush"}) == "backend");
  CHECK(refused({}) == "file");
  CHECK(refused({.backend = "firebird"}) == "database");
  CHECK(refused({.backend = "odbc", .database = "d"}) == "options");
}

TEST_CASE("the connection string for people has neither the password nor the options") {
  for (const char* backend : {"postgresql", "mysql", "firebird", "odbc"}) {
    CAPTURE(backend);
    DataSourceSettings settings = shop(backend, "hush");
    settings.options += ";Pwd=hush password=hush";
    const std::string text = public_connection_text(settings);
    CHECK(text.starts_with(std::string(backend) + "://"));
    CHECK(text.find("db.example") != text.npos);
    CHECK(text.find("ada") != text.npos);
    CHECK(text.find("hush") == text.npos);
  }
  CHECK(public_connection_text(shop("sqlite3")) == "sqlite3://db=\"shop.db\"");
}
