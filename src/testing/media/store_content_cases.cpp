#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

/// `text`, again and again, so many characters long.
std::string repeated(std::string_view text, std::size_t characters_of_text,
                     std::size_t characters) {
  std::string all;
  for (std::size_t i = 0; i + characters_of_text <= characters; i += characters_of_text) {
    all += text;
  }
  return all;
}

/// Puts a text into every member that takes any.
MediaRecord filled_with(const std::string& text, int number) {
  MediaRecord record = sample_record(number, {{text, text}, text});
  record.attachment.name = text;
  record.attachment.file_name = text;
  record.attachment.placeholder = text;
  record.attachment.path = text;
  record.attachment.meta = {{text, text}};
  record.attachment.extra = {{text, {text}}};
  record.custom_properties = {{text, {{text, text}}}};
  record.attachment.variants[text] = record.attachment.variants["thumb"];
  return record;
}

void expect_kept(const StoreBench& bench, const std::string& text, int number) {
  const MediaRecord record = filled_with(text, number);
  bench.save(record);
  expect_same(bench.find(sample_id(number)), record);
  const auto listed = bench.list(record.place.owner, record.place.collection);
  expect(listed.size() == 1, "an owner of this name is not found: " + text);
  expect_same(listed.front(), record);
}

void unicode(const StoreBench& bench) {
  int number = 0;
  for (const char* text :
       {"📷 photo 👩‍👩‍👧", "e\xCC\x81tude", "étude", "שלום עולם",
        "مرحبا \xE2\x80\x8F!", "ﬀ Straße ẞ", "日本語", "\xEF\xBF\xBD", " leading and trailing "}) {
    expect_kept(bench, text, ++number);
  }
}

void full_width(const StoreBench& bench) {
  MediaRecord record = sample_record(1, {});
  record.place = {{repeated("📷", 1, 100), repeated("€", 1, 100)}, repeated("ä", 1, 100)};
  record.attachment.name = repeated("📷", 1, 255);
  record.attachment.file_name = repeated("€", 1, 255);
  record.attachment.path = repeated("日本語/", 4, 512);
  record.attachment.disk = repeated("📷", 1, 64);
  record.attachment.placeholder = repeated("📷", 1, 255);
  bench.save(record);
  expect_same(bench.find(sample_id(1)), record);
  const auto listed = bench.list(record.place.owner, record.place.collection);
  expect(listed.size() == 1, "an owner whose name fills its column is not found");
  expect_same(listed.front(), record);
  const auto links = bench.store().links(sample_id(1), nullptr);
  expect(links.size() == 1 && links.front().place == record.place,
         "the place of a link is not as it was saved");
}

void injection(const StoreBench& bench) {
  int number = 0;
  for (const char* text : {"'; drop table media; --", "\" or 1=1 --", "a' or 'a'='a", "\\'; --",
                           ":p0 :name ::text", "? ?? ?|", "# $1 @x %s %", "`x`", "/* x */ [1:2]"}) {
    expect_kept(bench, text, ++number);
  }
  expect(bench.list({"' or ''='", "' or ''='"}).empty(), "a quoted owner has everybody's records");
  expect(!bench.store().find("' or ''='", nullptr), "a quoted id is found");
}

void large_properties(const StoreBench& bench) {
  MediaRecord record = sample_record(1, gallery());
  std::string text;
  while (text.size() < 950'000) text += R"(aé€📷 it's "x" :name ::text ? # -- \ )";
  record.custom_properties = {{"text", text}};
  bench.save(record);
  expect_same(bench.find(sample_id(1)), record);
  expect_same(bench.only(gallery().owner), record);
}

void times(const StoreBench& bench) {
  int number = 0;
  for (const long long milliseconds : {0LL, 1LL, 999LL, 1767225600123LL, 4102444799999LL, -1LL}) {
    MediaRecord record = sample_record(++number, gallery());
    record.attachment.created_at = TimePoint(std::chrono::milliseconds(milliseconds));
    bench.save(record);
    expect(bench.find(sample_id(number)).attachment.created_at == record.attachment.created_at,
           "a time is not kept to the millisecond: " + std::to_string(milliseconds));
  }
}

void extra_and_meta(const StoreBench& bench) {
  MediaRecord record = sample_record(1, gallery());
  record.attachment.meta = {{"a", nullptr}, {"b", {1, 2.5, "x", true}}, {"c", {{"d", {}}}}};
  record.attachment.extra = {{"keyId", "secret"}, {"host", {{"x", 9007199254740993}}}};
  record.attachment.variants["thumb"].extra = {{"blurhash", "LEHV6n"}};
  bench.save(record);
  expect_same(bench.find(sample_id(1)), record);
  expect_same(bench.only(gallery().owner), record);
}

constexpr StoreCase cases[] = {
    {"every text keeps its characters", unicode},
    {"every text keeps all of its characters when it fills its column", full_width},
    {"a text that looks like SQL is a text", injection},
    {"custom properties of 1 MB are kept", large_properties},
    {"times are kept to the millisecond", times},
    {"meta and members that affix does not know are kept", extra_and_meta},
};

}  // namespace

std::span<const StoreCase> store_content_cases() { return cases; }

}  // namespace affix::testing
