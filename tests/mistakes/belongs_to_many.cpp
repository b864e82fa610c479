// a row belongs to one row
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping = affix::table(
      "books", affix::key("id", &Book::id), affix::column("author_id", &Book::author_id),
      affix::belongs_to("authors", &Book::authors, &Book::author_id));
};
