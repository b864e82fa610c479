#include <sstream>
#include <vips/vips8>

#include "affix/value/json.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

namespace {

/// The error of an upload; checks that it has left nothing on the disk.
std::optional<Error> refusal(Workshop& shop, Source source, const CreateOptions& options = {}) {
  auto error = error_of([&] { static_cast<void>(shop.files.create(std::move(source), options)); });
  CHECK(shop.is_empty());
  return error;
}

const std::vector<std::string> hostile_names = {
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/shadow",
    std::string(300, 'a') + ".txt",
    "line\nbreak\x01.txt",
    std::string("nul\0byte.txt", 12),
    "\u202Egnp.exe",
    "a\u200Fb.txt",
    "\xff\xfe.txt",
    " .hidden. ",
    "CON",
    "..",
};

/// A stream that never ends: what a limit is for.
class EndlessReader : public Reader {
 public:
  std::size_t read(std::span<std::byte> buffer) override {
    std::ranges::fill(buffer, std::byte{0xff});
    given += buffer.size();
    return buffer.size();
  }
  static inline std::size_t given = 0;
};

/// The checksum of a PNG's chunk.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1U ^ (sum & 1U ? 0xedb88320U : 0U);
  }
  return ~sum;
}

class FailingReader : public Reader {
 public:
  std::size_t read(std::span<std::byte> buffer) override {
    if (!first_) throw Error(Errc::storage, "The connection was lost");
    first_ = false;
    return buffer.size();
  }

 private:
  bool first_ = true;
};

}  // namespace

TEST_CASE("a hostile file name is an error where names are to be rejected") {
  Workshop shop;
  for (const std::string& name : hostile_names) {
    const auto error =
        refusal(shop, Source::from_memory("hello", name), {.on_bad_name = BadName::reject});
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_name);
    for (const char c : std::string(error->what())) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST_CASE("a hostile file name is made harmless otherwise, and lands below its own prefix") {
  for (const std::string& name : hostile_names) {
    CAPTURE(name);
    Workshop shop(Backing::local);
    const PendingAttachment pending = shop.files.create(Source::from_memory("hello", name), {});
    const Attachment& attachment = pending.preview();
    REQUIRE(shop.stored().size() == 1);
    CHECK(shop.stored().begin()->starts_with("attachments/" + attachment.id + "/"));
    CHECK(Key::is_valid(attachment.path));
    CHECK(attachment.meta.contains("originalName"));
    CHECK(parse_attachment(print(attachment)) == attachment);
  }
}

TEST_CASE("two attachments with the same hostile name do not meet [nestjs-media 3]") {
  Workshop shop;
  const PendingAttachment first =
      shop.files.create(Source::from_memory("one", "../victim/a.txt"), {});
  const PendingAttachment second =
      shop.files.create(Source::from_memory("two", "../victim/a.txt"), {});
  CHECK(read_all(*shop.files.open(first.preview())) == "one");
  CHECK(read_all(*shop.files.open(second.preview())) == "two");
}

TEST_CASE("an empty file is refused") {
  Workshop shop;
  const auto error = refusal(shop, Source::from_memory("", "empty.txt"));
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_content);
  CHECK(error->where().disk == "local");
}

TEST_CASE("a truncated picture is refused, with variants or without") {
  Workshop shop;
  const std::string name = GENERATE("hubble_deep_field.jpg", "coffee.png");
  const std::vector<std::string> variants =
      GENERATE(std::vector<std::string>{}, std::vector<std::string>{"thumb"});
  const std::string bytes = read_file(picture_path(name));
  for (const std::size_t part : {1, 3, 5, 9}) {
    CAPTURE(part);
    const auto error =
        refusal(shop, Source::from_memory(bytes.substr(0, bytes.size() * part / 10), name),
                {.variants = variants});
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_content);
  }
}

TEST_CASE("a picture that is higher than its pixels is refused") {
  Workshop shop;
  std::string bytes = read_file(picture_path("coffee.png"));
  bytes[22] = '\x07';  // The height, 400, becomes 1936; its checksum is made right again.
  const std::uint32_t sum = crc32(bytes.substr(12, 17));
  for (int i = 0; i < 4; ++i) bytes[29 + i] = static_cast<char>(sum >> (24 - 8 * i));
  const auto error = refusal(shop, Source::from_memory(bytes, "coffee.png"));
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_content);
}

TEST_CASE("a picture of 30,000 x 30,000 pixels of one colour is refused") {
  Workshop shop;
  void* png = nullptr;
  std::size_t size = 0;
  const vips::VImage black = vips::VImage::black(30'000, 30'000);
  REQUIRE(vips_pngsave_buffer(black.get_image(), &png, &size, "bitdepth", 1, nullptr) == 0);
  const std::string bytes(static_cast<const char*>(png), size);
  g_free(png);
  const auto error = refusal(shop, Source::from_memory(bytes, "black.png"));
  REQUIRE(error);
  CHECK(error->code() == Errc::too_large);
}

TEST_CASE("a text under the name of a picture is refused, or renamed when asked for") {
  Workshop shop;
  const auto error = refusal(shop, Source::from_memory("just some text\n", "picture.jpg"));
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_content);
  const PendingAttachment pending =
      shop.files.create(Source::from_memory("just some text\n", "picture.jpg"),
                        {.on_type_mismatch = TypeMismatch::rename});
  CHECK(pending.preview().mime_type == "text/plain");
  CHECK(pending.preview().path.ends_with("/picture.txt"));
}

TEST_CASE("a data URI that claims a picture must have one") {
  Workshop shop;
  const auto error = refusal(shop, Source::from_data_uri("data:image/png,hello%20there"));
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_content);
}

TEST_CASE("a picture under the name of another format is stored as what it is") {
  Workshop shop;
  const PendingAttachment pending = shop.files.create(
      Source::from_memory(read_file(picture_path("coffee.png")), "coffee.jpg"), {});
  CHECK(pending.preview().mime_type == "image/png");
  CHECK(pending.preview().path.ends_with("/coffee.png"));
}

TEST_CASE("a stream of unknown length over the limit is refused soon after the limit") {
  Workshop shop;
  EndlessReader::given = 0;
  const auto error =
      refusal(shop, Source::from_reader([] { return std::make_unique<EndlessReader>(); }, "x.bin"),
              {.max_size = 20 * 1024 * 1024});
  REQUIRE(error);
  CHECK(error->code() == Errc::too_large);
  CHECK(EndlessReader::given < 21 * 1024 * 1024 + 1024);

  std::istringstream stream(read_file(picture_path("coffee.png")));
  const auto streamed =
      refusal(shop, Source::from_stream(stream, "coffee.png"), {.max_size = 100'000});
  REQUIRE(streamed);
  CHECK(streamed->code() == Errc::too_large);
}

TEST_CASE("a file of a known size over the limit is refused without reading it") {
  Workshop shop;
  const auto error = refusal(shop, picture("coffee.png"), {.max_size = 1000});
  REQUIRE(error);
  CHECK(error->code() == Errc::too_large);
  CHECK(std::string(error->what()).find("1000 bytes") != std::string::npos);
}

TEST_CASE("a source that fails in the middle leaves nothing") {
  Workshop shop;
  const auto error =
      refusal(shop, Source::from_reader([] { return std::make_unique<FailingReader>(); }, "x"));
  REQUIRE(error);
  CHECK(error->code() == Errc::storage);
}

TEST_CASE("a source that is not there is told by its path") {
  Workshop shop;
  const auto error = refusal(shop, Source::from_path("/no/such/file.png"));
  REQUIRE(error);
  CHECK(error->code() == Errc::file_not_found);
  CHECK(std::string(error->what()).find("/no/such/file.png") != std::string::npos);
}

TEST_CASE("types outside of the accepted ones are refused before a byte is stored [C3]") {
  Workshop shop;
  for (const std::string accepted : {"image/jpeg", "image/pngx", "image/x-png"}) {
    CAPTURE(accepted);
    const auto error = refusal(shop, picture("coffee.png"), {.accepts = {accepted}});
    REQUIRE(error);
    CHECK(error->code() == Errc::type_not_allowed);
    CHECK(std::string(error->cause()) == "image/png");
  }
}

TEST_CASE("an accepted type is a whole type, no pattern and nothing that only looks alike") {
  Workshop shop;
  for (const std::string accepted : {"image/*", "image/PNG", "image/png;x", "png", "", "*/*"}) {
    CAPTURE(accepted);
    const auto error = refusal(shop, picture("coffee.png"), {.accepts = {accepted}});
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
    CHECK(error->where().member == "accepts");
  }
}

TEST_CASE("an unknown preset, disk or a missing converter is told before anything is read") {
  Workshop shop;
  bool opened = false;
  const auto code = [&](const CreateOptions& options, AttachmentManager& files) {
    return code_of([&] {
      static_cast<void>(files.create(Source::from_reader(
                                         [&]() -> std::unique_ptr<Reader> {
                                           opened = true;
                                           return make_memory_reader("x");
                                         },
                                         "x.txt"),
                                     options));
    });
  };
  CHECK(code({.variants = {"poster"}}, shop.files) == Errc::unknown_variant);
  CHECK(code({.disk = "s3"}, shop.files) == Errc::unknown_disk);
  AttachmentManager bare({.disks = {{"local", shop.real}}, .presets = {{.name = "thumb"}}});
  CHECK(code({.variants = {"thumb"}}, bare) == Errc::converter_missing);  // [nestjs-media 2] [A19]
  CHECK_FALSE(opened);
  CHECK(shop.is_empty());
}

TEST_CASE("meta that cannot be stored in a column is refused before a byte is stored") {
  Workshop shop;
  for (const nlohmann::json& meta :
       {nlohmann::json::array(), nlohmann::json{{"x", std::string("\xff")}},
        nlohmann::json{{"x", std::string("a\0b", 3)}},
        nlohmann::json{{"x", std::string(2'000'000, 'x')}}}) {
    const auto error = refusal(shop, picture("coffee.png"), {.meta = meta});
    REQUIRE(error);
    CHECK(error->code() == Errc::invalid_argument);
  }
}

TEST_CASE("meta that is nested too deeply is refused before it is copied") {
  Workshop shop;
  CreateOptions options;
  nlohmann::json* innermost = &(options.meta["x"] = nlohmann::json::array());
  for (int depth = 0; depth < 200'000; ++depth) {
    innermost->push_back(nlohmann::json::array());
    innermost = &innermost->back();
  }
  const auto error = refusal(shop, picture("coffee.png"), options);
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_argument);
}

TEST_CASE("a full disk is told as such and leaves nothing") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  int n = 0;
  do {
    shop.disk->fail_at(++n, testing::Fault::disk_full);
    const auto code = code_of([&] {
      shop.files.discard(shop.files.create(picture("coffee.png"), {.variants = {"thumb"}}));
    });
    CHECK(code == (shop.disk->tripped() ? std::optional(Errc::no_space) : std::nullopt));
  } while (shop.disk->tripped());
  CHECK(n > 4);
}

TEST_CASE("an eager variant that fails leaves nothing [nestjs-media 1]") {
  // A GIF whose header is sound and whose pixels are missing.
  const std::string broken("GIF89a\x0a\x00\x0a\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,", 20);
  Workshop shop;
  const auto error = refusal(shop, Source::from_memory(broken, "a.gif"), {.variants = {"thumb"}});
  REQUIRE(error);
  CHECK(error->code() == Errc::invalid_content);
}
