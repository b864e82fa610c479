// all parts of a model are members of one struct
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("name", &Author::name));
};
