#include "affix/soci/json_column.hpp"

#include "affix/soci/attachment.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/sample.hpp"

using namespace affix;
using namespace affix::tests;

// Serializers are tested without a database: text in, value out, value in, text out.

TEST_CASE("an attachment becomes its canonical text and comes back") {
  const Attachment attachment = sample_attachment();
  const std::string text = JsonColumn<Attachment>::to_text(attachment);
  CHECK(text == print(attachment));
  CHECK(JsonColumn<Attachment>::from_text(text) == attachment);
  CHECK_FALSE(JsonColumn<Attachment>::is_null(attachment));
}

TEST_CASE("NULL is an error for an attachment that is not optional") {
  CHECK(code_of([] { JsonColumn<Attachment>::from_null(); }) == Errc::invalid_document);
}

TEST_CASE("an optional attachment is NULL without a value") {
  using Column = JsonColumn<std::optional<Attachment>>;
  CHECK(Column::is_null(std::nullopt));
  CHECK(Column::from_null() == std::nullopt);
  CHECK(Column::from_text(Column::to_text(sample_attachment())) == sample_attachment());
}

TEST_CASE("the texts that other systems write for no file read as none [B9]") {
  for (const std::string_view text : {"null", ""}) {
    CHECK(JsonColumn<std::optional<Attachment>>::from_text(text) == std::nullopt);
    CHECK(JsonColumn<AttachmentList>::from_text(text).empty());
    CHECK(code_of([&] { JsonColumn<Attachment>::from_text(text); }) == Errc::invalid_document);
  }
}

TEST_CASE("a list keeps its order, and an empty one is NULL") {
  using Column = JsonColumn<AttachmentList>;
  const AttachmentList list{{sample_attachment("b.jpg"), sample_attachment("a.jpg")}};
  CHECK(Column::from_text(Column::to_text(list)) == list);
  CHECK(Column::is_null(AttachmentList{}));
  CHECK(Column::from_null().empty());
}

namespace {

/// What SOCI's `row` and `values` do with a type.
template <class T>
struct Conversion {
  std::string text = "stale";
  soci::indicator indicator = soci::i_truncated;

  explicit Conversion(const T& value) { soci::type_conversion<T>::to_base(value, text, indicator); }
  T back() const {
    T value;
    soci::type_conversion<T>::from_base(text, indicator, value);
    return value;
  }
};

}  // namespace

TEST_CASE("a value is a text and an indicator for SOCI, and comes back from them") {
  const Attachment attachment = sample_attachment();
  const Conversion<Attachment> plain(attachment);
  CHECK(plain.text == print(attachment));
  CHECK(plain.indicator == soci::i_ok);
  CHECK(plain.back() == attachment);
  const Conversion<std::optional<Attachment>> some(attachment);
  CHECK(some.text == plain.text);
  CHECK(some.indicator == soci::i_ok);
  CHECK(some.back() == attachment);
  const AttachmentList list{{attachment, sample_attachment("b.jpg")}};
  const Conversion<AttachmentList> several(list);
  CHECK(several.indicator == soci::i_ok);
  CHECK(several.back() == list);
}

TEST_CASE("a value that is absent is SQL NULL for SOCI, whatever the text was before") {
  const Conversion<std::optional<Attachment>> none(std::nullopt);
  CHECK(none.text.empty());
  CHECK(none.indicator == soci::i_null);
  CHECK(none.back() == std::nullopt);
  const Conversion<AttachmentList> empty(AttachmentList{});
  CHECK(empty.indicator == soci::i_null);
  CHECK(empty.back().items.empty());
  Attachment value;
  CHECK(code_of([&] { soci::type_conversion<Attachment>::from_base("", soci::i_null, value); }) ==
        Errc::invalid_document);
}
