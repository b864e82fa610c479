#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "affix/orm/condition.hpp"

namespace affix {

enum class Direction { ascending, descending };

/// What a filter that comes from outside may ask for.
struct FilterRules {
  /// How deep relations may be included in one another, at most 32; 0: none. Rows that are included
  /// are copied to each row that has them: what includes one another both ways grows by powers.
  int include_depth = 3;
  /// The most rows that may be asked for, also of a relation for each row; the limit of a filter
  /// that names none. Empty: no limit.
  std::optional<std::size_t> most_rows{};
  /// Whether a column, field or relation (of the model with this table; of media records `media`)
  /// may be named, wherever it is. Empty: each one may.
  std::function<bool(std::string_view table, std::string_view name)> allows{};
};

namespace detail {

struct OrderNode {
  std::string column{};
  std::vector<std::string> path{};
  Direction direction = Direction::ascending;
};

struct FilterNode;

struct IncludeNode {
  std::string relation;
  std::shared_ptr<const FilterNode> scope;  ///< Never null.
};

/// A filter without the types of its model. Not for users.
struct FilterNode {
  ConditionNode where{};
  std::vector<OrderNode> order{};
  std::optional<std::size_t> limit{};
  std::size_t offset = 0;
  std::vector<std::string> fields{};  ///< Empty: all.
  std::vector<IncludeNode> includes{};
  std::vector<std::string> skipped{};  ///< Default filters.
  bool starts_behind = false;          ///< A row, in the order that it has.
};

/// `Errc::invalid_argument` with what is wrong in `where().member`.
FilterNode parse_filter(const nlohmann::json& document, const ModelTable& table,
                        const FilterRules& rules);
ConditionNode parse_condition(const nlohmann::json& document, const ModelTable& table,
                              const FilterRules& rules);

/// Rows behind `row` (its cells) in the order of the filter. `Errc::unsupported` for an order by a
/// column that can be NULL, or by a path; `Errc::invalid_argument` for one that the filter does not
/// read.
ConditionNode behind(const FilterNode& filter, const ModelTable& table,
                     const std::vector<ColumnValue>& row);

template <class Member>
struct ScopeOf {
  using Type = Filter<typename RelatedRows<Member>::Row>;
};
template <>
struct ScopeOf<AttachmentList>;  // In medium.hpp.
template <>
struct ScopeOf<std::optional<Attachment>>;

}  // namespace detail

/// Which rows, in which order, how many of them, and with what. A value: every call returns one
/// with more in it.
///
///     where(&Post::title).like("%affix%").order_by(&Post::created_at).limit(20).with(&Post::author)
template <class T>
class Filter {
 public:
  /// All rows.
  Filter() = default;
  Filter(const Condition<T>& condition) { node_.where = condition.node(); }  // NOLINT: converts

  /// The form that ancestors of affix send over the wire, for what comes from outside:
  /// `{"where": {"age": {"gte": 18}, "or": [{"name": "Ada"}, {"name": {"$startsWith": "B"}}]},
  /// "order": ["name DESC"], "fields": ["id", "name"], "limit": 20, "offset": 0,
  /// "include": [{"relation": "posts", "scope": {...}}]}`. Operators as `Operator` lists them, each
  /// also with a `$`; a value alone is `eq`. Columns may have a path: `"avatar.mimeType"`. Texts
  /// that a column of numbers or times cannot have are refused, as is everything unknown:
  /// `Errc::invalid_argument` with the place in `where().member`, as is what `rules` do not allow.
  /// Every name is looked up in the model. Hidden columns can be compared, and regular expressions
  /// can keep a server busy: `FilterRules::allows` says which columns strangers may name.
  static Filter from_json(const nlohmann::json& document, const FilterRules& rules = {}) {
    return Filter(detail::parse_filter(document, detail::model_table<T>(), rules));
  }

  /// First by this column, then by those that follow. NULL comes before everything else.
  template <class Member>
  [[nodiscard]] Filter order_by(Member T::*member,
                                Direction direction = Direction::ascending) const {
    return ordered({std::string(detail::name_of(member)), {}, direction});
  }
  template <class Member>
  [[nodiscard]] Filter order_by_descending(Member T::*member) const {
    return order_by(member, Direction::descending);
  }
  /// By a part of a JSON column, as a text: 10 comes before 9.
  template <class Member>
  [[nodiscard]] Filter order_by(Member T::*member, std::string_view path,
                                Direction direction = Direction::ascending) const {
    return ordered(
        {std::string(detail::name_of(member)), detail::parse_json_path(path), direction});
  }
  /// At most so many rows. Without it there is no limit.
  [[nodiscard]] Filter limit(std::size_t count) const {
    return changed([&](detail::FilterNode& node) { node.limit = count; });
  }
  /// Passes over so many rows. Slow for many: `after` is not.
  [[nodiscard]] Filter offset(std::size_t count) const {
    return changed([&](detail::FilterNode& node) { node.offset = count; });
  }
  /// What comes after this row, in the order of the filter and then of the key: the next page, when
  /// it is the last row of this one. No offset counts then. The order must be set before, by
  /// columns that the filter reads (`Errc::invalid_argument`) and that are never NULL
  /// (`Errc::unsupported`).
  [[nodiscard]] Filter after(const T& row) const {
    return changed([&](detail::FilterNode& node) {
      const detail::ModelTable& table = detail::model_table<T>();
      bool by_key = false;
      for (const auto& order : node.order)
        by_key = by_key || order.column == table.key_column().name;
      if (!by_key) node.order.push_back({table.key_column().name, {}, Direction::ascending});
      node.starts_behind = true;
      node.offset = 0;
      node.where = both(std::move(node.where), detail::behind(node, table, detail::cells_of(row)));
    });
  }
  /// Reads these columns alone, and the key; other members of the rows stay as they are by default.
  template <class... Members>
  [[nodiscard]] Filter fields(Members T::*... members) const {
    return changed([&](detail::FilterNode& node) {
      (node.fields.emplace_back(detail::name_of(members)), ...);
    });
  }
  /// Loads a relation, or an attachment field that is in the media table (one that is in a column
  /// comes with the row, so that code which asks for it can have either). Without it the member
  /// stays empty. One statement for each relation and level, however many rows there are (for
  /// each 10,000 of them; on Firebird for each 1,000).
  template <class Member>
  [[nodiscard]] Filter with(Member T::*relation) const {
    static_assert(detail::ComesWith<Member>, "rows come with relations and attachment fields");
    return include(detail::name_of(relation), {});
  }
  /// With a filter of its own: which of them, in which order, with what. Its limit and offset hold
  /// for each row. Of an attachment field in the media table, whose records are put in order here
  /// and not in the database, it has neither fields nor default filters; of one in a column it is
  /// empty. Else `Errc::invalid_argument`.
  template <class Member>
  [[nodiscard]] Filter with(Member T::*relation,
                            const typename detail::ScopeOf<Member>::Type& scope) const {
    static_assert(detail::ComesWith<Member>, "rows come with relations and attachment fields");
    return include(detail::name_of(relation), scope.node());
  }
  /// Only those that meet this, too.
  [[nodiscard]] Filter and_where(const Condition<T>& condition) const {
    return changed([&](detail::FilterNode& node) {
      node.where = both(std::move(node.where), condition.node());
    });
  }
  /// Passes over default filters of the model.
  [[nodiscard]] Filter skip_default_filter(std::string name) const {
    return changed([&](detail::FilterNode& node) { node.skipped.push_back(std::move(name)); });
  }

  const detail::FilterNode& node() const noexcept { return node_; }

 private:
  explicit Filter(detail::FilterNode node) : node_(std::move(node)) {}

  template <class Change>
  Filter changed(Change change) const {
    Filter copy(*this);
    change(copy.node_);
    return copy;
  }
  Filter ordered(detail::OrderNode order) const {
    if (node_.starts_behind) {
      throw Error(Errc::invalid_argument, "A page that starts behind a row has its order",
                  {.column = order.column});
    }
    return changed([&](detail::FilterNode& node) { node.order.push_back(std::move(order)); });
  }
  Filter include(std::string_view relation, detail::FilterNode scope) const {
    return changed([&](detail::FilterNode& node) {
      node.includes.push_back(
          {std::string(relation), std::make_shared<const detail::FilterNode>(std::move(scope))});
    });
  }

  detail::FilterNode node_{};
};

template <class T>
template <class Member>
Filter<T> Condition<T>::order_by(Member T::*member) const {
  return Filter<T>(*this).order_by(member);
}
template <class T>
template <class Member>
Filter<T> Condition<T>::order_by_descending(Member T::*member) const {
  return Filter<T>(*this).order_by_descending(member);
}
template <class T>
template <class... Members>
Filter<T> Condition<T>::fields(Members T::*... members) const {
  return Filter<T>(*this).fields(members...);
}
template <class T>
Filter<T> Condition<T>::skip_default_filter(std::string name) const {
  return Filter<T>(*this).skip_default_filter(std::move(name));
}
template <class T>
Condition<T> Condition<T>::from_json(const nlohmann::json& document) {
  return from_json(document, FilterRules{});
}
template <class T>
Condition<T> Condition<T>::from_json(const nlohmann::json& document, const FilterRules& rules) {
  return Condition(detail::parse_condition(document, detail::model_table<T>(), rules));
}
template <class T>
Filter<T> Condition<T>::limit(std::size_t count) const {
  return Filter<T>(*this).limit(count);
}
template <class T>
Filter<T> Condition<T>::offset(std::size_t count) const {
  return Filter<T>(*this).offset(count);
}
template <class T>
template <class... Arguments>
Filter<T> Condition<T>::with(Arguments&&... arguments) const {
  return Filter<T>(*this).with(std::forward<Arguments>(arguments)...);
}

}  // namespace affix
