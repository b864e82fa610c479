#include <soci/sqlite3/soci-sqlite3.h>

#include <affix/soci/attachment.hpp>
#include <stdexcept>

struct User {
  int id = 0;
  std::optional<affix::Attachment> avatar;
  bool operator==(const User&) const = default;
};

namespace soci {
template <>
struct type_conversion<User> {
  using base_type = values;
  static void from_base(const values& row, indicator, User& user) {
    user.id = row.get<int>("id");
    user.avatar = row.get<std::optional<affix::Attachment>>("avatar");
  }
  static void to_base(const User& user, values& row, indicator& state) {
    row.set("id", user.id);
    row.set("avatar", user.avatar);
    state = i_ok;
  }
};
}  // namespace soci

void check(bool holds) {
  if (!holds) throw std::runtime_error("a check does not hold");
}

/// Without a session: what the conversion gives SOCI, and what it makes of it.
void test_conversion(const User& user) {
  soci::values row;
  soci::indicator state = soci::i_null;
  soci::type_conversion<User>::to_base(user, row, state);
  check(state == soci::i_ok);
  check(row.get_indicator("avatar") == (user.avatar ? soci::i_ok : soci::i_null));
  if (user.avatar) check(row.get<std::string>("avatar") == affix::print(*user.avatar));
  User read;
  soci::type_conversion<User>::from_base(row, state, read);
  check(read == user);
}

/// With SQLite in memory: through real statements.
void test_statements(const User& user) {
  soci::session sql(soci::sqlite3, ":memory:");
  sql << "create table users(id integer primary key, avatar text)";
  sql << "insert into users(id, avatar) values(:id, :avatar)", soci::use(user);
  User read;
  sql << "select id, avatar from users", soci::into(read);
  check(read == user);
}

int main() {
  const affix::Attachment picture{.id = "ada-1",
                                  .name = "ada.jpg",
                                  .disk = "local",
                                  .path = "attachments/ada-1/ada.jpg",
                                  .size = 3,
                                  .mime_type = "image/jpeg"};
  for (const User& user : {User{1, picture}, User{2, std::nullopt}}) {
    test_conversion(user);
    test_statements(user);
  }
}
