// the_model_has_not_exactly_one_key
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping = affix::table("books", affix::column("title", &Book::title));
};
