#include <atomic>
#include <sstream>
#include <thread>

#include "affix/storage/checksum.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

std::string base64(const std::string& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned value = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      value = value << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j > bytes.size() ? '=' : digits[value >> (18 - 6 * j) & 63];
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a picture is stored with what is known about it and its variants [B3] [B4] [B5]") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  const std::string bytes = read_file(picture_path("hubble_deep_field.jpg"));
  const PendingAttachment pending =
      shop.files.create(picture("hubble_deep_field.jpg"), {.variants = {"thumb", "card"}});
  const Attachment& attachment = pending.preview();

  CHECK(is_uuid_v7(attachment.id));
  CHECK(attachment.name == "hubble_deep_field.jpg");
  CHECK(attachment.file_name == "hubble_deep_field.jpg");
  CHECK(attachment.disk == "local");
  CHECK(attachment.path == "attachments/" + attachment.id + "/hubble_deep_field.jpg");
  CHECK(attachment.size == static_cast<std::int64_t>(bytes.size()));
  CHECK(attachment.mime_type == "image/jpeg");
  CHECK(attachment.checksum == checksum(as_bytes(bytes)));
  CHECK(attachment.width == 1000);
  CHECK(attachment.height == 872);
  CHECK(attachment.created_at == shop.clock->now());
  CHECK(attachment.meta == nlohmann::json::object());

  REQUIRE(attachment.variants.size() == 2);
  const Variant& thumb = attachment.variants.at("thumb");
  CHECK(thumb.path == "attachments/" + attachment.id + "/variants/thumb-" + thumb.preset + ".webp");
  CHECK(thumb.preset == digest(shop.files.presets()[0]));
  CHECK(thumb.width == 200);
  CHECK(thumb.height == 200);
  CHECK(thumb.mime_type == "image/webp");
  CHECK(attachment.variants.at("card").width == 640);

  CHECK(read_all(*shop.files.open(attachment)) == bytes);
  const std::string variant_bytes = read_all(*shop.files.open(attachment, "thumb"));
  CHECK(static_cast<std::int64_t>(variant_bytes.size()) == thumb.size);
  CHECK(checksum(as_bytes(variant_bytes)) == thumb.checksum);
  CHECK(parse_attachment(print(attachment)) == attachment);
  CHECK(shop.stored().size() == 3);
  CHECK(shop.markers() == std::set<std::string>{attachment.id});
}

TEST_CASE("every kind of source gives the same file [B4]") {
  Workshop shop;
  const std::string bytes = read_file(picture_path("chelsea.png"));
  std::istringstream stream(bytes);
  std::vector<Source> sources;
  sources.push_back(picture("chelsea.png"));
  sources.push_back(Source::from_memory(bytes, "chelsea.png"));
  sources.push_back(Source::from_view(as_bytes(bytes), "chelsea.png"));
  sources.push_back(Source::from_stream(stream, "chelsea.png"));
  sources.push_back(
      Source::from_reader([&] { return make_view_reader(as_bytes(bytes)); }, "chelsea.png"));
  sources.push_back(Source::from_base64(base64(bytes), "chelsea.png"));
  sources.push_back(
      Source::from_data_uri("data:image/png;name=chelsea.png;base64," + base64(bytes)));
  for (Source& source : sources) {
    const PendingAttachment pending = shop.files.create(std::move(source));
    CHECK(pending.preview().checksum == checksum(as_bytes(bytes)));
    CHECK(pending.preview().file_name == "chelsea.png");
    CHECK(pending.preview().mime_type == "image/png");
    CHECK(read_all(*shop.files.open(pending.preview())) == bytes);
  }
}

TEST_CASE("options choose disk, names, meta and id") {
  Workshop shop;
  const std::string id = shop.files.make_id();
  const PendingAttachment pending =
      shop.files.create(picture("coffee.png"), {.disk = "other",
                                                .file_name = "Kaffee.png",
                                                .name = "A cup of coffee",
                                                .meta = {{"alt", "coffee"}},
                                                .accepts = {"image/png"},
                                                .id = id});
  CHECK(pending.id() == id);
  CHECK(pending.preview().disk == "other");
  CHECK(pending.preview().file_name == "Kaffee.png");
  CHECK(pending.preview().name == "A cup of coffee");
  CHECK(pending.preview().meta == nlohmann::json{{"alt", "coffee"}});
  CHECK(shop.is_empty());
  CHECK(code_of([&] {
          static_cast<void>(shop.files.create(picture("coffee.png"), {.disk = "other", .id = id}));
        }) == Errc::exists);
  CHECK_FALSE(read_all(*shop.files.open(pending.preview())).empty());
}

TEST_CASE("a file that is no picture is stored as it is, variants or not [A19]") {
  Workshop shop;
  const PendingAttachment pending =
      shop.files.create(Source::from_memory("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "terms.pdf"),
                        {.variants = {"thumb"}});
  CHECK(pending.preview().mime_type == "application/pdf");
  CHECK(pending.preview().variants.empty());
  CHECK(pending.preview().width == 0);
}

TEST_CASE("the same preset named twice is made once") {
  Workshop shop;
  const PendingAttachment pending =
      shop.files.create(picture("chelsea.png"), {.variants = {"thumb", "thumb"}});
  CHECK(shop.stored().size() == 2);
}

TEST_CASE("progress is told in order and ends complete") {
  Workshop shop;
  std::vector<Progress> seen;
  const PendingAttachment pending = shop.files.create(
      picture("coffee.png"),
      {.variants = {"thumb", "card"}, .progress = [&](const Progress& p) { seen.push_back(p); }});
  REQUIRE(seen.size() >= 3);
  CHECK(std::ranges::is_sorted(seen, {}, &Progress::stage));
  for (const auto stage :
       {Progress::Stage::reading, Progress::Stage::converting, Progress::Stage::storing}) {
    const auto last = std::ranges::find(seen.rbegin(), seen.rend(), stage, &Progress::stage);
    REQUIRE(last != seen.rend());
    CHECK(last->done == last->total);
  }
}

TEST_CASE("what a progress callback throws ends the upload and leaves nothing") {
  Workshop shop;
  const auto stage =
      GENERATE(Progress::Stage::reading, Progress::Stage::converting, Progress::Stage::storing);
  struct Cancelled {};
  CHECK_THROWS_AS(static_cast<void>(
                      shop.files.create(picture("coffee.png"), {.variants = {"thumb"},
                                                                .progress =
                                                                    [&](const Progress& progress) {
                                                                      if (progress.stage == stage)
                                                                        throw Cancelled{};
                                                                    }})),
                  Cancelled);
  CHECK(shop.is_empty());
}

TEST_CASE("discarding a pending attachment leaves nothing") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  PendingAttachment pending = shop.files.create(picture("coffee.png"), {.variants = {"thumb"}});
  CHECK_FALSE(shop.is_empty());
  shop.files.discard(std::move(pending));
  CHECK(shop.is_empty());
}

TEST_CASE("an id that the caller chose never costs the files that it has already") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  const std::string id = shop.files.make_id();
  // Taken while the second upload reads: it has been looked up and is not stored yet.
  bool raced = false;
  const auto race = [&](const Progress& progress) {
    if (raced || progress.stage != Progress::Stage::reading) return;
    raced = true;
    const PendingAttachment first = shop.files.create(picture("coffee.png"), {.id = id});
    shop.real->remove(Key::parse(".affix/main/pending/" + id));  // As after its commit.
  };
  const auto code = code_of([&] {
    static_cast<void>(shop.files.create(picture("coffee.png"), {.id = id, .progress = race}));
  });
  CHECK(code == Errc::exists);
  CHECK(shop.stored() == std::set<std::string>{"attachments/" + id + "/coffee.png"});
  CHECK(shop.markers().empty());
}

TEST_CASE("an id that somebody is storing under is not taken over") {
  Workshop shop;
  const std::string id = shop.files.make_id();
  const PendingAttachment first = shop.files.create(picture("coffee.png"), {.id = id});
  CHECK(code_of([&] {
          static_cast<void>(shop.files.create(picture("chelsea.png"), {.id = id}));
        }) == Errc::exists);
  CHECK(shop.stored() == std::set<std::string>{first.preview().path});
  CHECK(shop.markers() == std::set<std::string>{id});
}

TEST_CASE("a source that was used or gives no reader is an error") {
  Workshop shop;
  Source source = Source::from_memory("x", "x.txt");
  static_cast<void>(shop.files.create(std::move(source)));
  const auto code = [&](Source again) {
    return code_of([&] { static_cast<void>(shop.files.create(std::move(again))); });
  };
  CHECK(code(std::move(source)) == Errc::invalid_state);  // NOLINT: what a retry does.
  CHECK(code(Source::from_reader([] { return nullptr; }, "x")) == Errc::invalid_state);
}

TEST_CASE("an original name of the caller's own is kept") {
  Workshop shop;
  const PendingAttachment pending =
      shop.files.create(Source::from_memory("x", "../x.txt"), {.meta = {{"originalName", "mine"}}});
  CHECK(pending.preview().meta["originalName"] == "mine");
}

TEST_CASE("a pending attachment of another manager is left alone") {
  Workshop shop;
  AttachmentManager other({.disks = {{"local", make_memory_disk()}}});
  PendingAttachment pending = shop.files.create(picture("coffee.png"));
  CHECK(code_of([&] { other.discard(std::move(pending)); }) == Errc::invalid_argument);
  CHECK(shop.stored().size() == 1);
}

TEST_CASE("many threads create and discard through one manager") {
  Workshop shop(Backing::local);
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        PendingAttachment pending =
            shop.files.create(picture("chelsea.png"), {.variants = {"thumb"}});
        made += read_all(*shop.files.open(pending.preview(), "thumb")).empty() ? 0 : 1;
        shop.files.discard(std::move(pending));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 40);
  CHECK(shop.is_empty());
}

TEST_CASE("a manager refuses options that make no sense") {
  const auto code = [](AttachmentManagerOptions options) {
    return code_of([&] { AttachmentManager manager(std::move(options)); });
  };
  const Disks disks{{"local", make_memory_disk()}};
  CHECK(code({}) == Errc::invalid_argument);
  CHECK(code({.disks = disks}) == std::nullopt);
  CHECK(code({.disks = disks, .key_prefix = "a/../b"}) == Errc::invalid_argument);
  CHECK(code({.disks = disks, .key_prefix = ".affix/x"}) == Errc::invalid_argument);
  CHECK(code({.disks = disks, .key_prefix = std::string(257, 'a')}) == Errc::invalid_argument);
  CHECK(code({.disks = disks, .instance = "a/b"}) == Errc::invalid_argument);
  CHECK(code({.disks = disks, .presets = {{.name = "a"}, {.name = "a"}}}) ==
        Errc::invalid_argument);
  CHECK(code({.disks = disks, .presets = {{.name = "a b"}}}) == Errc::invalid_argument);
  CHECK(code({.disks = disks, .max_size = 0}) == Errc::invalid_argument);
}
