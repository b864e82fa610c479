// no matching function for call to .*medium
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::medium("pages", &Book::pages));
};
