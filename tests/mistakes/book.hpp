#pragma once

// A model without a mistake, and a struct that has no model yet.

#include <optional>
#include <string>
#include <vector>

#include "affix/orm/changes.hpp"
#include "affix/orm/file_change.hpp"
#include "affix/orm/filter.hpp"

struct Author {
  long long id = 0;
  std::string name{};
};

struct Book {
  long long id = 0;
  std::string title{};
  long long author_id = 0;
  std::optional<affix::Attachment> cover{};
  affix::AttachmentList pages{};
  std::optional<Author> author{};
  std::vector<Author> authors{};
};

template <>
struct affix::Model<Author> {
  static constexpr auto mapping =
      affix::table("authors", affix::key("id", &Author::id), affix::column("name", &Author::name));
};
