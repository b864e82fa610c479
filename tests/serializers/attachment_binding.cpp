#include <soci/sqlite3/soci-sqlite3.h>

#include "affix/soci/attachment.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;
using soci::into;
using soci::use;

namespace {

using Optional = std::optional<Attachment>;

/// A table with one column for a document, in memory.
class Table {
 public:
  Table() : sql(soci::sqlite3, ":memory:") {
    sql << "create table t(id integer primary key, doc text)";
  }

  void insert_text(int id, const std::string& text) {
    sql << "insert into t(id, doc) values(:id, :doc)", use(id), use(text);
  }
  std::string text(int id) {
    std::string value;
    sql << "select doc from t where id = :id", use(id), into(value);
    return value;
  }
  int nulls() {
    int count = 0;
    sql << "select count(*) from t where doc is null", into(count);
    return count;
  }

  soci::session sql;
};

struct User {
  int id = 0;
  Optional avatar;
  AttachmentList gallery;
};

}  // namespace

namespace soci {
template <>
struct type_conversion<User> {
  using base_type = values;
  static void from_base(const values& row, indicator, User& user) {
    user.id = row.get<int>("id");
    user.avatar = row.get<std::optional<affix::Attachment>>("avatar");
    user.gallery = row.get<affix::AttachmentList>("gallery");
  }
  static void to_base(const User& user, values& row, indicator& state) {
    row.set("id", user.id);
    row.set("avatar", user.avatar);
    row.set("gallery", user.gallery);
    state = i_ok;
  }
};
}  // namespace soci

TEST_CASE("an attachment is bound by position and by name") {
  Table table;
  const Attachment attachment = sample_attachment();
  int id = 1;
  table.sql << "insert into t(id, doc) values(:id, :doc)", use(id), use(attachment);
  id = 2;
  table.sql << "insert into t(id, doc) values(:id, :doc)", use(attachment, "doc"), use(id, "id");
  CHECK(table.text(1) == print(attachment));
  CHECK(table.text(2) == print(attachment));
  Attachment read;
  table.sql << "select doc from t where id = 2", into(read);
  CHECK(read == attachment);
}

TEST_CASE("an optional attachment without a value is SQL NULL, both ways") {
  Table table;
  const Optional none;
  table.sql << "insert into t(id, doc) values(1, :doc)", use(none);
  CHECK(table.nulls() == 1);
  Optional read = sample_attachment();
  table.sql << "select doc from t", into(read);
  CHECK(read == std::nullopt);
}

TEST_CASE("a list is an array, and SQL NULL when it is empty") {
  Table table;
  const AttachmentList list{{sample_attachment("a.jpg"), sample_attachment("b.jpg")}};
  const AttachmentList empty;
  table.sql << "insert into t(id, doc) values(1, :doc)", use(list);
  table.sql << "insert into t(id, doc) values(2, :doc)", use(empty);
  CHECK(table.nulls() == 1);
  AttachmentList read;
  table.sql << "select doc from t where id = 1", into(read);
  CHECK(read == list);
  table.sql << "select doc from t where id = 2", into(read);
  CHECK(read.empty());
}

TEST_CASE("a prepared statement alternates between NULL and a value") {
  Table table;
  int id = 0;
  Optional value;
  soci::statement insert =
      (table.sql.prepare << "insert into t(id, doc) values(:id, :doc)", use(id), use(value));
  for (id = 0; id < 10; ++id) {
    value = id % 2 == 0 ? Optional(sample_attachment(std::to_string(id) + ".jpg")) : std::nullopt;
    insert.execute(true);
  }
  CHECK(table.nulls() == 5);
  Optional read;
  soci::statement select = (table.sql.prepare << "select doc from t order by id", into(read));
  select.execute();
  for (int row = 0; row < 10; ++row) {
    REQUIRE(select.fetch());
    CHECK(read.has_value() == (row % 2 == 0));
    if (read) CHECK(read->name == std::to_string(row) + ".jpg");
  }
  CHECK_FALSE(select.fetch());
}

TEST_CASE("operands are never written to, const or not") {
  Table table;
  Attachment attachment = sample_attachment();
  const Attachment before = attachment;
  Optional none;
  table.sql << "insert into t(id, doc) values(1, :doc)", use(attachment);
  table.sql << "insert into t(id, doc) values(2, :doc)", use(none);
  CHECK(attachment == before);
  CHECK(none == std::nullopt);
}

template <class T>
concept Bindable = requires(T&& value) {
  soci::use(std::forward<T>(value));
};
template <class T>
concept BindableByName = requires(T&& value) {
  soci::use(std::forward<T>(value), "name");
};
template <class T>
concept BindableWithIndicator = requires(T&& value, soci::indicator& indicator) {
  soci::use(std::forward<T>(value), indicator);
};

TEST_CASE("a temporary, which is gone when the statement runs, does not compile") {
  STATIC_REQUIRE(Bindable<Attachment&>);
  STATIC_REQUIRE(Bindable<const Optional&>);
  STATIC_REQUIRE(Bindable<AttachmentList&>);
  STATIC_REQUIRE_FALSE(Bindable<Attachment>);
  STATIC_REQUIRE_FALSE(Bindable<Optional>);
  STATIC_REQUIRE_FALSE(Bindable<const AttachmentList>);
  STATIC_REQUIRE(BindableByName<const Attachment&>);
  STATIC_REQUIRE_FALSE(BindableByName<Attachment>);
  STATIC_REQUIRE(BindableWithIndicator<Optional&>);
  STATIC_REQUIRE_FALSE(BindableWithIndicator<Optional>);
  STATIC_REQUIRE(Bindable<std::vector<Attachment>&>);
  STATIC_REQUIRE(Bindable<const std::vector<Optional>&>);
  STATIC_REQUIRE_FALSE(Bindable<std::vector<Optional>>);
  STATIC_REQUIRE_FALSE(BindableByName<const std::vector<AttachmentList>>);
}

TEST_CASE("an indicator of the caller's own is honoured") {
  Table table;
  const Attachment attachment = sample_attachment();
  soci::indicator null = soci::i_null;
  soci::indicator set = soci::i_ok;
  table.sql << "insert into t(id, doc) values(1, :doc)", use(attachment, null);
  table.sql << "insert into t(id, doc) values(2, :doc)", use(attachment, set);
  CHECK(table.nulls() == 1);
  Attachment read;
  soci::indicator state = soci::i_ok;
  table.sql << "select doc from t where id = 1", into(read, state);
  CHECK(state == soci::i_null);
  table.sql << "select doc from t where id = 2", into(read, state);
  CHECK(state == soci::i_ok);
  CHECK(read == attachment);
}

TEST_CASE("with an indicator, NULL leaves nothing of the row before") {
  Table table;
  table.insert_text(1, print(sample_attachment()));
  table.sql << "insert into t(id, doc) values(2, null)";
  Optional read;
  soci::indicator state = soci::i_ok;
  soci::statement select =
      (table.sql.prepare << "select doc from t order by id", into(read, state));
  select.execute();
  REQUIRE(select.fetch());
  CHECK(read.has_value());
  REQUIRE(select.fetch());
  CHECK(state == soci::i_null);
  CHECK(read == std::nullopt);
}

TEST_CASE("NULL into an attachment that is not optional is an error") {
  Table table;
  table.sql << "insert into t(id, doc) values(1, null)";
  Attachment read;
  CHECK(code_of([&] { table.sql << "select doc from t", into(read); }) == Errc::invalid_document);
}

TEST_CASE("without a row an optional and a list are empty, not stale") {
  Table table;
  Optional optional = sample_attachment();
  AttachmentList list{{sample_attachment()}};
  table.sql << "select doc from t", into(optional);
  CHECK_FALSE(table.sql.got_data());
  CHECK(optional == std::nullopt);
  table.sql << "select doc from t", into(list);
  CHECK(list.empty());
}

TEST_CASE("a column that holds no attachment is a typed error that names the member") {
  Table table;
  int id = 0;
  const auto code = [&](const std::string& text) {
    table.insert_text(++id, text);
    Optional read;
    return code_of([&] { table.sql << "select doc from t where id = :id", use(id), into(read); });
  };
  CHECK(code("null") == std::nullopt);
  CHECK(code("") == std::nullopt);
  CHECK(code("{}") == Errc::invalid_document);
  CHECK(code(print(sample_attachment()).substr(0, 100)) == Errc::invalid_document);
  std::string newer = print(sample_attachment());
  newer.replace(newer.find("\"v\":1"), 5, "\"v\":2");
  CHECK(code(newer) == Errc::newer_format);

  table.insert_text(++id, R"({"v":1,"id":"x"})");
  Optional read;
  const auto error =
      error_of([&] { table.sql << "select doc from t where id = :id", use(id), into(read); });
  REQUIRE(error);
  CHECK_FALSE(error->where().member.empty());
}

TEST_CASE("a rowset gives attachments and optional ones") {
  Table table;
  table.insert_text(1, print(sample_attachment("one.jpg")));
  table.sql << "insert into t(id, doc) values(2, null)";
  std::vector<Optional> read;
  const soci::rowset<Optional> rows = (table.sql.prepare << "select doc from t order by id");
  for (const Optional& row : rows) read.push_back(row);
  REQUIRE(read.size() == 2);
  CHECK(read[0]->name == "one.jpg");
  CHECK(read[1] == std::nullopt);
  const soci::rowset<Attachment> one = (table.sql.prepare << "select doc from t where id = 1");
  CHECK(one.begin()->name == "one.jpg");
}

TEST_CASE("a dynamic row gives attachments") {
  Table table;
  table.insert_text(1, print(sample_attachment()));
  table.sql << "insert into t(id, doc) values(2, null)";
  const soci::rowset<soci::row> rows = (table.sql.prepare << "select doc from t order by id");
  auto row = rows.begin();
  CHECK(row->get<Attachment>(0) == sample_attachment());
  CHECK(row->get<Optional>("doc") == sample_attachment());
  ++row;
  CHECK(row->get<Optional>(0) == std::nullopt);
}

TEST_CASE("a struct with attachments is converted by values") {
  soci::session sql(soci::sqlite3, ":memory:");
  sql << "create table users(id integer primary key, avatar text, gallery text)";
  const User ada{1, sample_attachment(), {{sample_attachment("g.jpg")}}};
  const User bob{2, std::nullopt, {}};
  for (const User& user : {ada, bob}) {
    sql << "insert into users(id, avatar, gallery) values(:id, :avatar, :gallery)", use(user);
  }
  User read;
  sql << "select * from users where id = 1", into(read);
  CHECK(read.avatar == ada.avatar);
  CHECK(read.gallery == ada.gallery);
  sql << "select * from users where id = 2", into(read);
  CHECK(read.avatar == std::nullopt);
  CHECK(read.gallery.empty());
}

TEST_CASE("a bulk statement writes and reads vectors") {
  Table table;
  std::vector<int> ids;
  std::vector<Optional> values;
  for (int id = 0; id < 100; ++id) {
    ids.push_back(id);
    values.push_back(id % 3 == 0 ? std::nullopt
                                 : Optional(sample_attachment(std::to_string(id) + ".jpg")));
  }
  table.sql << "insert into t(id, doc) values(:id, :doc)", use(ids), use(values);
  CHECK(table.nulls() == 34);

  std::vector<Optional> batch(30);
  soci::statement select = (table.sql.prepare << "select doc from t order by id", into(batch));
  select.execute();
  std::vector<Optional> read;
  while (select.fetch()) {
    read.insert(read.end(), batch.begin(), batch.end());
    batch.resize(30);
  }
  CHECK(read == values);
}

TEST_CASE("the vector of a bulk fetch may shrink between fetches, and be used again") {
  Table table;
  for (int id = 0; id < 10; ++id) {
    table.insert_text(id, print(sample_attachment(std::to_string(id))));
  }
  std::vector<Attachment> batch(4);
  soci::statement select = (table.sql.prepare << "select doc from t order by id", into(batch));
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> names;
    const auto take = [&] {
      for (const Attachment& one : batch) names.push_back(one.name);
    };
    batch.resize(4);
    select.execute();
    for (const std::size_t size : {4U, 3U, 2U, 2U}) {
      batch.resize(size);
      if (!select.fetch()) break;
      CHECK(batch.size() <= size);
      take();
    }
    CHECK(names.size() == 10);
    CHECK(names.front() == "0");
    CHECK(names.back() == "9");
  }
}

TEST_CASE("a bulk statement refuses its second execution") {
  Table table;
  std::vector<int> ids{1, 2};
  const std::vector<Attachment> values{sample_attachment(), sample_attachment()};
  soci::statement insert =
      (table.sql.prepare << "insert into t(id, doc) values(:id, :doc)", use(ids), use(values));
  insert.execute(true);
  ids = {3, 4};
  CHECK(code_of([&] { insert.execute(true); }) == Errc::invalid_state);
}

TEST_CASE("a failed statement does not tell the document") {
  Table table;
  const Attachment attachment = sample_attachment("secret-name.jpg");
  const int id = 1;
  table.sql << "insert into t(id, doc) values(:id, :doc)", use(id), use(attachment);
  try {
    table.sql << "insert into t(id, doc) values(:id, :doc)", use(id), use(attachment);
    FAIL("the key was unique");
  } catch (const soci::soci_error& error) {
    CHECK(std::string(error.what()).find("secret-name") == std::string::npos);
    CHECK(std::string(error.what()).find("<document>") != std::string::npos);
  }
}

TEST_CASE("a value that could not be read back is refused before the statement runs") {
  Table table;
  Attachment broken = sample_attachment();
  broken.id.clear();
  const auto error =
      error_of([&] { table.sql << "insert into t(id, doc) values(1, :doc)", use(broken); });
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
  CHECK(error->where().member == "id");
  int rows = 0;
  table.sql << "select count(*) from t", into(rows);
  CHECK(rows == 0);
}

TEST_CASE("quotes, colons, question marks and every plane of Unicode survive a column") {
  Table table;
  const std::string nasty = "it's \"x\" :name :: ? # -- \\ \t \U0001F600 e\u0301 \u202Eabc \r\n";
  Attachment attachment = sample_attachment();
  attachment.name = nasty;
  attachment.meta = {{nasty, nasty}, {"big", std::string(500'000, 'x')}};
  table.sql << "insert into t(id, doc) values(1, :doc)", use(attachment);
  Attachment read;
  table.sql << "select doc from t", into(read);
  CHECK(read == attachment);
}
