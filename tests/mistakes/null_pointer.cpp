// use of deleted function
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("title", &Book::title));
};

const auto condition = affix::where(&Book::title) == nullptr;
