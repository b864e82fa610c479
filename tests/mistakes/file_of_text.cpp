// no matching function for call to .*FileChange
#include "book.hpp"

template <>
struct affix::Model<Book> {
  static constexpr auto mapping =
      affix::table("books", affix::key("id", &Book::id), affix::column("title", &Book::title));
};

affix::FileChange<Book> change{&Book::title, affix::no_file};
