#include "filter_generator.hpp"

#include <map>
#include <random>

#include "affix/value/error.hpp"
#include "filter_oracle.hpp"

namespace affix::tests {
namespace {

using detail::ConditionNode;
using detail::FilterNode;
using Json = nlohmann::json;

constexpr int deepest = 4;

std::size_t below(std::size_t end) { return *rc::gen::inRange<std::size_t>(0, end); }

template <class T>
const T& one_of(const std::vector<T>& all) {
  return all[below(all.size())];
}

bool one_in(std::size_t count) { return below(count) == count - 1; }

/// What a condition's value is made of.
ColumnValue cell(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1LL : 0LL;
  if (value.is_number_integer()) return value.get<long long>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return {};
}

std::vector<Operator> operators(const Subject& subject) {
  std::vector<Operator> all{Operator::is_null, Operator::is_not_null};
  const auto add = [&](std::initializer_list<Operator> more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  if (subject.kind == Kind::file) return all;
  if (subject.kind == Kind::array) {
    return {Operator::contains, Operator::contained_by, Operator::overlaps};
  }
  add({Operator::equal, Operator::not_equal, Operator::in, Operator::not_in});
  if (subject.kind != Kind::text) {
    add({Operator::less, Operator::less_or_equal, Operator::greater, Operator::greater_or_equal,
         Operator::between, Operator::not_between});
  }
  if (subject.kind == Kind::text || subject.kind == Kind::digits) {
    add({Operator::like, Operator::not_like, Operator::ilike, Operator::not_ilike,
         Operator::starts_with, Operator::ends_with, Operator::has_text});
  }
  return all;
}

bool is_pattern(Operator kind) {
  return kind == Operator::like || kind == Operator::not_like || kind == Operator::ilike ||
         kind == Operator::not_ilike;
}

/// Where a text can be cut: not inside of a character.
std::vector<std::size_t> cuts(const std::string& text) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) all.push_back(i);
  }
  all.push_back(text.size());
  return all;
}

std::string part_of(const std::string& text) {
  const auto places = cuts(text);
  const std::size_t first = below(places.size());
  const std::size_t last = first + below(places.size() - first);
  return text.substr(places[first], places[last] - places[first]);
}

/// A text as a pattern, with some of its characters replaced by `%` and `_`.
std::string pattern_of(const std::string& text) {
  const auto places = cuts(text);
  std::string pattern = one_in(3) ? "%" : "";
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const std::string one = text.substr(places[i], places[i + 1] - places[i]);
    const std::size_t how = below(6);
    if (how == 4) {
      pattern += '_';
    } else if (how == 5) {
      pattern += '%';
    } else {
      if (one == "%" || one == "_" || one == "!") pattern += '!';
      pattern += one;
    }
  }
  return pattern + (one_in(3) ? "%" : "");
}

std::string text_for(Operator kind, const Subject& subject) {
  std::string text;
  if (const Json& value = one_of(subject.values); value.is_string()) text = value;
  if (is_pattern(kind)) return pattern_of(text);
  return one_in(2) ? text : part_of(text);
}

std::size_t values_of(Operator kind) {
  switch (kind) {
    case Operator::is_null:
    case Operator::is_not_null:
      return 0;
    case Operator::between:
    case Operator::not_between:
      return 2;
    case Operator::in:
    case Operator::not_in:
    case Operator::contains:
    case Operator::contained_by:
    case Operator::overlaps:
      return below(5);
    default:
      return 1;
  }
}

bool takes_text(Operator kind) {
  return is_pattern(kind) || kind == Operator::starts_with || kind == Operator::ends_with ||
         kind == Operator::has_text;
}

bool takes_null(Operator kind) {
  return kind == Operator::equal || kind == Operator::not_equal || kind == Operator::in ||
         kind == Operator::not_in;
}

ConditionNode comparison(const Subject& subject) {
  ConditionNode node{.column = subject.column, .path = subject.path};
  node.kind = one_of(operators(subject));
  for (std::size_t left = values_of(node.kind); left > 0; --left) {
    if (takes_text(node.kind)) {
      node.values.emplace_back(text_for(node.kind, subject));
    } else if (takes_null(node.kind) && one_in(8)) {
      node.values.emplace_back();
    } else {
      node.values.push_back(cell(one_of(subject.values)));
    }
  }
  return node;
}

ConditionNode condition(const Vocabulary& vocabulary, const std::vector<Subject>& subjects,
                        int depth) {
  const std::size_t how = depth >= deepest ? 0 : below(9);
  if (how <= 3) return comparison(one_of(subjects));
  if (how == 4) {
    return {.kind = Operator::negation, .children = {condition(vocabulary, subjects, depth + 1)}};
  }
  if (how == 5 && !vocabulary.related.empty()) {
    const auto& [name, theirs] = one_of(vocabulary.related);
    return {.kind = one_in(2) ? Operator::exists : Operator::not_exists,
            .column = name,
            .children = {condition({}, theirs, depth + 1)}};
  }
  ConditionNode node{.kind = how % 2 == 0 ? Operator::all_of : Operator::any_of};
  for (std::size_t left = below(4); left > 0; --left) {
    node.children.push_back(condition(vocabulary, subjects, depth + 1));
  }
  return node;
}

void add_orders(FilterNode& filter, const std::vector<Subject>& subjects) {
  std::vector<Subject> possible;
  for (const Subject& one : subjects) {
    if (one.order == Subject::Order::possible) possible.push_back(one);
  }
  for (std::size_t left = below(4); left > 0; --left) {
    const Subject& one = one_of(possible);
    filter.order.push_back(
        {one.column, one.path, one_in(2) ? Direction::descending : Direction::ascending});
  }
}

const std::map<Operator, std::vector<std::string>>& spellings() {
  static const std::map<Operator, std::vector<std::string>> all{
      {Operator::equal, {"eq"}},
      {Operator::not_equal, {"ne", "neq"}},
      {Operator::greater, {"gt"}},
      {Operator::greater_or_equal, {"gte"}},
      {Operator::less, {"lt"}},
      {Operator::less_or_equal, {"lte"}},
      {Operator::like, {"like"}},
      {Operator::not_like, {"nlike"}},
      {Operator::ilike, {"ilike"}},
      {Operator::not_ilike, {"nilike"}},
      {Operator::in, {"in", "inq"}},
      {Operator::not_in, {"nin", "notin"}},
      {Operator::between, {"between"}},
      {Operator::not_between, {"notBetween"}},
      {Operator::starts_with, {"startsWith"}},
      {Operator::ends_with, {"endsWith"}},
      {Operator::has_text, {"hasText"}},
      {Operator::contains, {"contains"}},
      {Operator::contained_by, {"containedBy"}},
      {Operator::overlaps, {"overlaps"}},
      {Operator::exists, {"exists"}},
      {Operator::not_exists, {"notExists"}},
  };
  return all;
}

/// Writes filters as JSON, each time in another of the ways in which they can be written.
class Speller {
 public:
  explicit Speller(std::uint32_t seed) : random_(seed) {}

  Json filter(const FilterNode& node) {
    Json document{{"where", condition(node.where)}};
    for (const detail::OrderNode& order : node.order) {
      const std::string name = spelled_name(order.column, order.path);
      std::vector<std::string> ways{name, name + " ASC", name + " asc"};
      if (order.direction == Direction::descending) {
        ways = {"-" + name, name + " DESC", name + " desc"};
      }
      document["order"].push_back(any(ways));
    }
    if (node.limit) document["limit"] = *node.limit;
    if (node.offset > 0) document[any({"offset", "skip"})] = node.offset;
    return document;
  }

 private:
  std::string any(const std::vector<std::string>& all) { return all[random_() % all.size()]; }

  std::string word(const std::vector<std::string>& all) {
    return (random_() % 2 == 0 ? "" : "$") + any(all);
  }

  std::string spelled_name(const std::string& column, const std::vector<std::string>& path) {
    std::string name = column;
    for (const std::string& step : path) {
      const bool is_index = step.find_first_not_of("0123456789") == step.npos;
      name += is_index && random_() % 2 == 0 ? "[" + step + "]" : "." + step;
    }
    return name;
  }

  Json condition(const ConditionNode& node) {
    switch (node.kind) {
      case Operator::all_of:
      case Operator::any_of: {
        Json list = Json::array();
        for (const ConditionNode& child : node.children) list.push_back(condition(child));
        return {{word({node.kind == Operator::all_of ? "and" : "or"}), list}};
      }
      case Operator::negation:
        return negation(node.children.front());
      case Operator::exists:
      case Operator::not_exists:
        return {
            {node.column, {{word(spellings().at(node.kind)), condition(node.children.front())}}}};
      default:
        return {{spelled_name(node.column, node.path), comparison(node)}};
    }
  }

  /// `not` before a condition, or behind a name.
  Json negation(const ConditionNode& inner) {
    const bool is_plain = spellings().contains(inner.kind) && inner.kind != Operator::exists &&
                          inner.kind != Operator::not_exists;
    if (!is_plain || random_() % 2 == 0) return {{word({"not"}), condition(inner)}};
    return {{spelled_name(inner.column, inner.path), {{word({"not"}), comparison(inner)}}}};
  }

  Json comparison(const ConditionNode& node) {
    if (node.kind == Operator::is_null) {
      const std::vector<Json> ways{
          nullptr, {{"eq", nullptr}}, {{"$is", nullptr}}, {{"isNull", true}}, {{"isnull", true}}};
      return ways[random_() % ways.size()];
    }
    if (node.kind == Operator::is_not_null) {
      const std::vector<Json> ways{{{"ne", nullptr}}, {{"isn", nullptr}}, {{"isNull", false}}};
      return ways[random_() % ways.size()];
    }
    Json values = Json::array();
    for (const ColumnValue& value : node.values) values.push_back(value_of(node, value));
    const bool list = values_of_list(node.kind);
    if (node.kind == Operator::equal && random_() % 3 == 0) return values.front();
    return {{word(spellings().at(node.kind)), list ? values : values.front()}};
  }

  static bool values_of_list(Operator kind) {
    switch (kind) {
      case Operator::in:
      case Operator::not_in:
      case Operator::between:
      case Operator::not_between:
      case Operator::contains:
      case Operator::contained_by:
      case Operator::overlaps:
        return true;
      default:
        return false;
    }
  }

  static Json value_of(const ConditionNode& node, const ColumnValue& value) {
    const Json json = json_of(value);
    return node.column == "active" && json.is_number() ? Json(json != 0) : json;
  }

  std::mt19937 random_;
};

}  // namespace

rc::Gen<GeneratedFilter> filters(const Vocabulary& vocabulary) {
  return rc::gen::exec([&vocabulary] {
    GeneratedFilter filter;
    filter.node.where = condition(vocabulary, vocabulary.subjects, 1);
    add_orders(filter.node, vocabulary.subjects);
    if (one_in(3)) filter.node.limit = below(12);
    if (one_in(3)) filter.node.offset = below(12);
    if (one_in(2)) filter.node.skipped = {"deleted_at"};
    filter.spelling = *rc::gen::arbitrary<std::uint32_t>();
    return filter;
  });
}

Json spelled(const GeneratedFilter& filter) { return Speller(filter.spelling).filter(filter.node); }

void showValue(const GeneratedFilter& filter, std::ostream& stream) {
  stream << spelled(filter).dump() << (filter.node.skipped.empty() ? "" : ", with deleted rows");
}

}  // namespace affix::tests
