// declare files with attachment
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("cover", &Book::cover));
};
