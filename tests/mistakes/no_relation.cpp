// rows come with relations and attachment fields
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("title", &Book::title),
                   affix::attachment("cover", &Book::cover));
};

const auto filter = affix::Filter<Book>().with(&Book::title);
