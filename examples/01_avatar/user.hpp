#pragma once

#include <soci/soci.h>

#include <affix/persistence/column_field.hpp>
#include <affix/soci/attachment.hpp>
#include <optional>
#include <string>

/// A row of the table users. The avatar is one member here and one text column there.
struct User {
  long long id = 0;
  std::string name;
  std::optional<affix::Attachment> avatar;
};

/// How the row has its avatar: for replacing and clearing it, and which variants it gets.
inline constexpr affix::ColumnField user_avatar{
    .table = "users",
    .column = "avatar",
    .key = "id",
    .variants = {"thumb", "card", "og"},
    .accepts = {"image/jpeg", "image/png", "image/webp", "image/gif"}};

/// The usual SOCI conversion of a whole row; the avatar is a member like any other.
namespace soci {
template <>
struct type_conversion<User> {
  using base_type = values;

  static void from_base(const values& row, indicator, User& user) {
    user.id = row.get<int>("id");
    user.name = row.get<std::string>("name");
    user.avatar = row.get<std::optional<affix::Attachment>>("avatar");
  }
  static void to_base(const User& user, values& row, indicator& state) {
    row.set("id", user.id);
    row.set("name", user.name);
    row.set("avatar", user.avatar);
    state = i_ok;
  }
};
}  // namespace soci
