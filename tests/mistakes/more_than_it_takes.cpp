// a_field_of_the_model_wants_more_items_than_it_takes
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id),
                   affix::media("pages", &Book::pages, {.min_items = 3, .max_items = 2}));
};
