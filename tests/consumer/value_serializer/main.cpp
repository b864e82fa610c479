// A model with an attachment, stored and read through SOCI, with the value and the serializer
// alone: no manager, no disk, no libvips.

#include <soci/soci.h>

#include <iostream>
#include <optional>
#include <string>

#include "affix/soci/attachment.hpp"
#include "affix/value/json.hpp"

struct User {
  int id = 0;
  std::string name{};
  std::optional<affix::Attachment> avatar{};
};

template <>
struct soci::type_conversion<User> {
  using base_type = soci::values;

  static void from_base(const soci::values& row, soci::indicator, User& user) {
    user.id = row.get<int>("id");
    user.name = row.get<std::string>("name");
    user.avatar = row.get<std::optional<affix::Attachment>>("avatar");
  }
  static void to_base(const User& user, soci::values& row, soci::indicator& indicator) {
    row.set("id", user.id);
    row.set("name", user.name);
    row.set("avatar", user.avatar);
    indicator = soci::i_ok;
  }
};

int main() {
  const User ada{.id = 1,
                 .name = "Ada",
                 .avatar = affix::Attachment{.id = "a1",
                                             .name = "ada.jpg",
                                             .file_name = "ada.jpg",
                                             .disk = "local",
                                             .path = "attachments/a1/ada.jpg",
                                             .size = 3,
                                             .mime_type = "image/jpeg"}};
  const User bob{.id = 2, .name = "Bob"};

  soci::session sql("sqlite3", ":memory:");
  sql << "create table users(id integer primary key, name text, avatar text)";
  for (const User* user : {&ada, &bob}) {
    sql << "insert into users(id, name, avatar) values(:id, :name, :avatar)", soci::use(*user);
  }

  User with;
  User without;
  sql << "select id, name, avatar from users where id = 1", soci::into(with);
  sql << "select id, name, avatar from users where id = 2", soci::into(without);
  if (with.avatar != ada.avatar || without.avatar) return 1;
  std::cout << affix::print(*with.avatar) << '\n';
}
