// two_parts_of_the_model_have_one_member
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("title", &Book::title),
                   affix::column("name", &Book::title));
};
