#include <affix/soci/json_column.hpp>
#include <stdexcept>

using Column = affix::JsonColumn<std::optional<affix::Attachment>>;

void check(bool holds) {
  if (!holds) throw std::runtime_error("a check does not hold");
}

int main() {
  const affix::Attachment ada{.id = "ada-1",
                              .name = "ada.jpg",
                              .disk = "local",
                              .path = "attachments/ada-1/ada.jpg",
                              .size = 3,
                              .mime_type = "image/jpeg"};
  const std::string text =
      R"({"v":1,"id":"ada-1","name":"ada.jpg","disk":"local","path":"attachments/ada-1/ada.jpg",)"
      R"("size":3,"mimeType":"image/jpeg","meta":{},"variants":{}})";

  check(Column::to_text(ada) == text);  // Byte for byte: the text is canonical.
  check(Column::from_text(text) == ada);

  check(Column::is_null(std::nullopt));  // SQL NULL, and back.
  check(!Column::from_null());
  check(!Column::from_text("null"));  // What other systems write for "no file".
  check(!Column::from_text(""));

  try {
    Column::from_text(R"({"v":1,"id":"ada-1","name":"ada.jpg"})");
    check(false);
  } catch (const affix::Error& error) {
    check(error.code() == affix::Errc::invalid_document);
    check(error.where().member == "disk");
  }
}
