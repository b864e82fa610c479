// a_field_for_one_attachment_has_no_number_of_items
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id),
                   affix::attachment("cover", &Book::cover, {.min_items = 1}));
};
