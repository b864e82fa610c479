#include "testing/media/store_cases.hpp"

namespace affix::testing {

MediaRecord StoreBench::find(std::string_view id) const {
  const auto found = store().find(id, nullptr);
  if (!found) throw CaseFailed{"a record that was saved is not found"};
  return *found;
}

MediaRecord StoreBench::only(const MediaOwner& owner) const {
  const auto records = list(owner);
  expect(records.size() == 1, "an owner has not the one record that was saved for it");
  return records.front();
}

void need_function(std::string_view name, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() != Errc::unsupported) throw;
    throw CaseNotApplicable{std::string(name)};
  }
}

MediaPlace gallery() { return {{"Product", "42"}, "gallery"}; }

std::string sample_id(int number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 4 - digits.size(), '0');
  return "store-conformance-" + digits;
}

MediaRecord sample_record(int number, MediaPlace place, std::int64_t position) {
  MediaRecord record;
  Attachment& attachment = record.attachment;
  attachment = {.id = sample_id(number),
                .name = "A front view",
                .file_name = "front.jpg",
                .disk = "local",
                .path = "media/" + sample_id(number) + "/front.jpg",
                .size = 5'000'000'000 + number,
                .mime_type = "image/jpeg",
                .checksum = "sha256:" + std::string(64, 'a'),
                .width = 4000,
                .height = 3000,
                .placeholder = "thumbhash:1QcSHQRnh493V4dIh4eXh1h4kJUI",
                .created_at = TimePoint(std::chrono::milliseconds(1767225600000 + number)),
                .meta = {{"camera", "K1"}, {"exposure", {{"iso", 100}, {"time", 0.5}}}}};
  attachment.variants["thumb"] = {.disk = "local",
                                  .path = "media/" + sample_id(number) + "/variants/thumb.webp",
                                  .size = 1234,
                                  .mime_type = "image/webp",
                                  .width = 200,
                                  .height = 150};
  record.place = std::move(place);
  record.position = position;
  record.custom_properties = {{"alt", "A coffee cup"}, {"tags", {"one", "two"}}};
  return record;
}

std::vector<std::string> ids(const std::vector<MediaRecord>& records) {
  std::vector<std::string> all;
  for (const MediaRecord& record : records) all.push_back(record.attachment.id);
  return all;
}

void expect_same(const MediaRecord& seen, const MediaRecord& saved) {
  expect(seen.updated_at.has_value(), "a record that was saved has no updated_at");
  MediaRecord compared = seen;
  compared.updated_at = saved.updated_at;
  expect(compared.place == saved.place, "the place is not as it was saved");
  expect(compared.position == saved.position, "the position is not as it was saved");
  expect(compared.custom_properties == saved.custom_properties,
         "the custom properties are not as they were saved");
  expect(compared.attachment.variants == saved.attachment.variants,
         "the variants are not as they were saved");
  expect(compared == saved, "the attachment is not as it was saved");
}

}  // namespace affix::testing
