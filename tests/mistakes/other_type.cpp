// no match for .operator==.
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("title", &Book::title),
                   affix::attachment("cover", &Book::cover));
};

const auto condition = affix::where(&Book::title) == 1.5;
