#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "affix/orm/detail/model_table.hpp"

namespace affix {

/// New values of columns: `set(&User::name, "Ada").set(&User::age, 36)`. Columns that are not named
/// keep theirs. Attachments are changed by a `FileChange`.
template <class T>
class Changes {
 public:
  Changes() = default;

  template <class Member>
  [[nodiscard]] Changes set(Member T::*column, const std::type_identity_t<Member>& value) const {
    static_assert(!detail::is_file<typename detail::MemberType<Member>::Inner>,
                  "files are changed by a FileChange");
    Changes more(*this);
    more.cells_.emplace_back(detail::name_of(column), detail::to_value(value));
    return more;
  }

  /// NULL is `std::nullopt`.
  template <class Member, std::same_as<std::nullptr_t> Null>
  Changes set(Member T::*column, Null) const = delete;

  const std::vector<std::pair<std::string, ColumnValue>>& cells() const noexcept { return cells_; }

 private:
  std::vector<std::pair<std::string, ColumnValue>> cells_;
};

/// The beginning of `Changes`.
template <class T, class Member>
[[nodiscard]] Changes<T> set(Member T::*column, const std::type_identity_t<Member>& value) {
  return Changes<T>().set(column, value);
}
template <class T, class Member, std::same_as<std::nullptr_t> Null>
Changes<T> set(Member T::*column, Null) = delete;

}  // namespace affix
