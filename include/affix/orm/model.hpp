#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "affix/media/media_library.hpp"
#include "affix/media/media_schema.hpp"
#include "affix/orm/column_value.hpp"
#include "affix/persistence/column_field.hpp"

// How a struct is a row of a table: one declaration, without a base class or a macro.
//
//     struct User { long long id = 0; std::string name; std::optional<affix::Attachment> avatar; };
//
//     template <> struct affix::Model<User> {
//       static constexpr auto mapping = affix::table(
//           "users", affix::key("id", &User::id), affix::column("name", &User::name),
//           affix::attachment("avatar", &User::avatar, {.variants = {"thumb"}}));
//     };
//
// What is wrong in it does not compile where the compiler can see it (no key, two columns of one
// name, a member that no column can hold); the rest is told by `DataSource::add` or the first use,
// with the model's table and the column in `where()`. Names are quoted where needed, never SQL.

namespace affix {

/// To be specialised for a struct, which must be default-constructible and copyable. One that is
/// called as a type of affix is (`Page`, `Source`) is written `::Page` there. `mapping` as above;
/// besides, it may have `static std::vector<DefaultFilter<T>> default_filters()`, conditions that
/// every find, update and delete has to meet unless it skips them by their name. They are asked for
/// once in the life of a process: what is another for each request, such as a tenant, is joined to
/// each filter by `Filter::and_where`.
template <class T>
struct Model;

/// A struct with a `Model`.
template <class T>
concept Modelled = requires {
  Model<T>::mapping;
};

/// A column whose value affix gives.
enum class ColumnRole {
  plain,
  created_at,   ///< The time of `create`; never changed after.
  modified_at,  ///< The time of the last `create` or update.
  deleted_at,   ///< The time of `remove`, which then leaves row and files where they are.
  created_by,   ///< `RepositoryOptions::user` at `create`.
  modified_by,  ///< `RepositoryOptions::user` at the last `create` or update.
};

struct ColumnOptions {
  /// Characters that a text has at most: in the schema, and through ODBC, where a longer one is
  /// `Errc::invalid_document` when it is read.
  std::size_t length = 255;
  /// Written and compared, but never read back: a password's hash. Members stay as they are by
  /// default.
  bool hidden = false;
  bool unique = false;  ///< The schema gets a unique index.
  bool index = false;   ///< The schema gets an index.
};

/// Who makes the key of a row that is created with an empty one (0, or no text).
enum class KeyOrigin {
  automatic,  ///< For a number the database, for a text affix: a UUID of version 7.
  caller,     ///< Nobody: 0 and the empty text are keys like others.
};

struct KeyOptions {
  KeyOrigin origin = KeyOrigin::automatic;
  std::size_t length = 36;  ///< Characters of a text.
};

/// The rules of an attachment field. `variants`, `disk`, `accepts` and `max_size` as in
/// `ColumnField`; what is below is for lists, or for the media table.
struct FieldOptions {
  NameList variants{};
  std::string_view disk{};
  NameList accepts{};
  std::int64_t max_size = 0;
  std::size_t min_items = 0;            ///< A list that would have fewer is refused.
  std::size_t max_items = 0;            ///< A list that would have more is refused; 0: any number.
  std::string_view owner_type{};        ///< As `MediaField::owner_type`.
  const MediaTables* tables = nullptr;  ///< As `MediaField::tables`.
  /// What becomes of a record that is taken out of the field.
  Unreferenced unreferenced = Unreferenced::remove;
  OwnerRemoval on_owner_removed = OwnerRemoval::remove_unreferenced;
};

/// Where a field keeps its attachments.
enum class FieldPlace { column, media_table };

namespace detail {

template <class T, class Member>
struct ColumnPart {
  using Owner = T;
  using Type = Member;
  std::string_view name;
  Member T::*member;
  ColumnOptions options{};
  ColumnRole role = ColumnRole::plain;
  bool is_key = false;
  KeyOrigin origin = KeyOrigin::caller;
};

template <class T, class Member>
struct FieldPart {
  using Owner = T;
  static constexpr bool is_list = std::same_as<Member, AttachmentList>;
  std::string_view name;
  Member T::*member;
  FieldOptions options{};
  FieldPlace place = FieldPlace::column;
};

template <class Member>
inline constexpr bool is_file =
    std::same_as<Member, Attachment> || std::same_as<Member, AttachmentList>;

/// A member for attachments: one, or a list.
template <class Member>
concept FileMember =
    std::same_as<Member, std::optional<Attachment>> || std::same_as<Member, AttachmentList>;

/// The type of the rows that a relation's member holds.
template <class Member>
struct RelatedRows;
template <class R>
struct RelatedRows<std::vector<R>> {
  using Row = R;
  static constexpr bool is_many = true;
};
template <class R>
struct RelatedRows<std::optional<R>> {
  using Row = R;
  static constexpr bool is_many = false;
};
template <class R>
struct RelatedRows<std::shared_ptr<R>> {
  using Row = R;
  static constexpr bool is_many = false;
};

/// What a row can come with: related rows, or attachments.
template <class Member>
concept ComesWith =
    is_file<typename MemberType<Member>::Inner> || Modelled<typename RelatedRows<Member>::Row>;

/// Rows of `Related` whose `theirs` is equal to this row's `ours`; a null member is the key.
template <class T, class Member, class OurKey, class TheirKey>
struct RelationPart {
  using Owner = T;
  using Related = typename RelatedRows<Member>::Row;
  using Ours = OurKey;
  using Theirs = TheirKey;
  static constexpr bool is_many = RelatedRows<Member>::is_many;
  std::string_view name;
  Member T::*member;
  OurKey T::*ours = nullptr;
  TheirKey Related::*theirs = nullptr;
};

template <class Part>
inline constexpr bool is_column = false;
template <class T, class Member>
inline constexpr bool is_column<ColumnPart<T, Member>> = true;
template <class Part>
inline constexpr bool is_field = false;
template <class T, class Member>
inline constexpr bool is_field<FieldPart<T, Member>> = true;
template <class Part>
inline constexpr bool is_relation = false;
template <class T, class Member, class Ours, class Theirs>
inline constexpr bool is_relation<RelationPart<T, Member, Ours, Theirs>> = true;

/// What `table` returns.
template <class T, class... Parts>
struct Mapping {
  using Struct = T;
  std::string_view table;
  std::tuple<Parts...> parts;

  /// Calls `visit` with each part, in their order.
  template <class Visit>
  constexpr void each(Visit visit) const {
    std::apply([&](const Parts&... part) { (visit(part), ...); }, parts);
  }
};

// Called in constant expressions only, where it ends the compilation with its name.
inline void the_model_has_no_table_name() {}
inline void a_name_in_the_model_is_empty() {}
inline void two_parts_of_the_model_have_one_name() {}
inline void two_parts_of_the_model_have_one_member() {}
inline void the_model_has_not_exactly_one_key() {}
inline void a_field_of_the_model_wants_more_items_than_it_takes() {}
inline void a_field_for_one_attachment_has_no_number_of_items() {}
inline void a_field_in_a_column_has_no_media_table() {}

template <class T, class... Parts>
constexpr void check_mapping(const Mapping<T, Parts...>& mapping) {
  if (mapping.table.empty()) the_model_has_no_table_name();
  std::size_t keys = 0;
  std::size_t number = 0;
  mapping.each([&](const auto& part) {
    using Part = std::remove_cvref_t<decltype(part)>;
    if (part.name.empty()) a_name_in_the_model_is_empty();
    std::size_t other = 0;
    mapping.each([&](const auto& one) {
      if (other++ >= number) return;
      if (one.name == part.name) two_parts_of_the_model_have_one_name();
      if constexpr (std::same_as<decltype(one.member), decltype(part.member)>) {
        if (one.member == part.member) two_parts_of_the_model_have_one_member();
      }
    });
    ++number;
    if constexpr (is_column<Part>) keys += part.is_key ? 1 : 0;
    if constexpr (is_field<Part>) {
      const FieldOptions& options = part.options;
      if (options.max_items != 0 && options.min_items > options.max_items) {
        a_field_of_the_model_wants_more_items_than_it_takes();
      }
      if (!Part::is_list && (options.min_items != 0 || options.max_items != 0)) {
        a_field_for_one_attachment_has_no_number_of_items();
      }
      if (part.place == FieldPlace::column && (options.tables || !options.owner_type.empty())) {
        a_field_in_a_column_has_no_media_table();
      }
    }
  });
  if (keys != 1) the_model_has_not_exactly_one_key();
}

template <class First, class...>
struct FirstOwner {
  using Type = typename First::Owner;
};

}  // namespace detail

/// The column by which a row is addressed: a whole number or a text. Exactly one.
template <class T, class Member>
requires(std::integral<Member> || std::same_as<Member, std::string>)  //
    constexpr auto key(std::string_view name, Member T::*member, KeyOptions options = {}) {
  return detail::ColumnPart<T, Member>{
      name, member, {.length = options.length}, ColumnRole::plain, true, options.origin};
}

/// A column. Nullable if the member is a `std::optional`.
template <class T, ColumnMember Member>
constexpr auto column(std::string_view name, Member T::*member, ColumnOptions options = {}) {
  static_assert(!detail::is_file<Member>, "declare files with attachment, attachments, ...");
  return detail::ColumnPart<T, Member>{name, member, options};
}
template <class T, ColumnMember Member>
constexpr auto column(std::string_view name, std::optional<Member> T::*member,
                      ColumnOptions options = {}) {
  static_assert(!detail::is_file<Member>, "declare files with attachment, attachments, ...");
  return detail::ColumnPart<T, std::optional<Member>>{name, member, options};
}

/// Columns whose value affix gives, see `ColumnRole`: a `TimePoint`, or an optional one.
template <class T, class Member>
requires std::same_as<typename detail::MemberType<Member>::Inner, TimePoint>
constexpr auto created_at(std::string_view name, Member T::*member) {
  return detail::ColumnPart<T, Member>{name, member, {}, ColumnRole::created_at};
}
template <class T, class Member>
requires std::same_as<typename detail::MemberType<Member>::Inner, TimePoint>
constexpr auto modified_at(std::string_view name, Member T::*member) {
  return detail::ColumnPart<T, Member>{name, member, {}, ColumnRole::modified_at};
}
/// With this column rows are not deleted but marked, and found no more: a default filter of the
/// column's name leaves them out.
template <class T>
constexpr auto deleted_at(std::string_view name, std::optional<TimePoint> T::*member) {
  return detail::ColumnPart<T, std::optional<TimePoint>>{name, member, {}, ColumnRole::deleted_at};
}
/// A `std::string`, or an optional one.
template <class T, class Member>
requires std::same_as<typename detail::MemberType<Member>::Inner, std::string>
constexpr auto created_by(std::string_view name, Member T::*member) {
  return detail::ColumnPart<T, Member>{name, member, {}, ColumnRole::created_by};
}
template <class T, class Member>
requires std::same_as<typename detail::MemberType<Member>::Inner, std::string>
constexpr auto modified_by(std::string_view name, Member T::*member) {
  return detail::ColumnPart<T, Member>{name, member, {}, ColumnRole::modified_by};
}

/// One attachment in a JSON column.
template <class T>
constexpr auto attachment(std::string_view column, std::optional<Attachment> T::*member,
                          FieldOptions options = {}) {
  return detail::FieldPart<T, std::optional<Attachment>>{column, member, options,
                                                         FieldPlace::column};
}
/// A list of attachments in a JSON column.
template <class T>
constexpr auto attachments(std::string_view column, AttachmentList T::*member,
                           FieldOptions options = {}) {
  return detail::FieldPart<T, AttachmentList>{column, member, options, FieldPlace::column};
}
/// One attachment in the media table; `collection` as in `MediaField`.
template <class T>
constexpr auto medium(std::string_view collection, std::optional<Attachment> T::*member,
                      FieldOptions options = {}) {
  return detail::FieldPart<T, std::optional<Attachment>>{collection, member, options,
                                                         FieldPlace::media_table};
}
/// A list of attachments in the media table.
template <class T>
constexpr auto media(std::string_view collection, AttachmentList T::*member,
                     FieldOptions options = {}) {
  return detail::FieldPart<T, AttachmentList>{collection, member, options, FieldPlace::media_table};
}

/// The row whose key `foreign_key`, a column of this model, holds. The member is a
/// `std::optional` or a `std::shared_ptr`; the latter also where two models refer to each other.
template <class T, class Member, class Key>
constexpr auto belongs_to(std::string_view name, Member T::*member, Key T::*foreign_key) {
  using Related = typename detail::RelatedRows<Member>::Row;
  static_assert(!detail::RelatedRows<Member>::is_many, "a row belongs to one row");
  return detail::RelationPart<T, Member, Key, typename detail::MemberType<Key>::Inner>{
      name, member, foreign_key,
      static_cast<typename detail::MemberType<Key>::Inner Related::*>(nullptr)};
}
/// The row whose `foreign_key`, a column of theirs, holds this row's key.
template <class T, class Member, class Related, class Key>
constexpr auto has_one(std::string_view name, Member T::*member, Key Related::*foreign_key) {
  static_assert(std::same_as<typename detail::RelatedRows<Member>::Row, Related>);
  static_assert(!detail::RelatedRows<Member>::is_many, "use has_many");
  return detail::RelationPart<T, Member, typename detail::MemberType<Key>::Inner, Key>{
      name, member, nullptr, foreign_key};
}
/// The rows whose `foreign_key`, a column of theirs, holds this row's key. A `std::vector`, of a
/// struct that is defined before: clang++ 14 does not take another.
template <class T, class Related, class Key>
constexpr auto has_many(std::string_view name, std::vector<Related> T::*member,
                        Key Related::*foreign_key) {
  return detail::RelationPart<T, std::vector<Related>, typename detail::MemberType<Key>::Inner,
                              Key>{name, member, nullptr, foreign_key};
}

/// The table (a schema before a dot if need be) and its parts, in any order; the columns keep
/// theirs.
template <class... Parts>
constexpr auto table(std::string_view name, Parts... parts) {
  static_assert(sizeof...(Parts) > 0, "a table has columns");
  using T = typename detail::FirstOwner<Parts...>::Type;
  static_assert((std::same_as<typename Parts::Owner, T> && ...),
                "all parts of a model are members of one struct");
  detail::Mapping<T, Parts...> mapping{name, {parts...}};
  detail::check_mapping(mapping);
  return mapping;
}

}  // namespace affix
