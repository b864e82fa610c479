#pragma once

#include <affix/orm/repository.hpp>
#include <optional>
#include <string>

struct User {
  std::string id{};  ///< Empty: `create` makes one.
  std::string name{};
  std::string email{};
};

template <>
struct affix::Model<User> {
  static constexpr auto mapping =
      affix::table("User", affix::key("id", &User::id), affix::column("name", &User::name),
                   affix::column("email", &User::email));
};

class UserRepository : public affix::Repository<User> {
 public:
  using Repository::Repository;

  std::optional<User> find_by_email(const std::string& email) const {
    return find_one(affix::where(&User::email) == email);
  }
};
