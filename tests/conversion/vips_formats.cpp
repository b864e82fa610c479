#include <algorithm>
#include <string>
#include <vector>

#include "affix/conversion/content_type.hpp"
#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"

using namespace affix;
using namespace pictures;
using vips::VImage;

namespace {

const std::vector<ImageFormat> all_formats{ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                                           ImageFormat::avif, ImageFormat::gif, ImageFormat::tiff};

void set_blob(VImage& image, const char* field, const std::string& content) {
  vips_image_set_blob_copy(image.get_image(), field, content.data(), content.size());
}

/// The same JPEG with a comment behind its start.
std::string with_comment(const std::string& bytes, const std::string& comment) {
  std::string segment = "\xff\xfe";
  segment += static_cast<char>((comment.size() + 2) >> 8);
  segment += static_cast<char>((comment.size() + 2) & 0xFF);
  return bytes.substr(0, 2) + segment + comment + bytes.substr(2);
}

/// A photograph that says in every way that JPEG has where and by whom it was taken.
std::string telling_jpeg() {
  VImage image = pixels_of("coffee.png")
                     .icc_transform("p3", VImage::option()->set("input_profile", "srgb"))
                     .copy(VImage::option()->set("xres", 11.8)->set("yres", 11.8));
  image.set("orientation", 6);
  image.set("exif-ifd0-Copyright", "SECRET-EXIF (SECRET-EXIF, ASCII, 12 components, 12 bytes)");
  image.set("exif-ifd3-GPSLatitude", "48/1 8/1 14/1 (48, 8, 14, Rational, 3 components, 24 bytes)");
  set_blob(image, VIPS_META_XMP_NAME, "<x:xmpmeta>SECRET-XMP</x:xmpmeta>");
  set_blob(image, VIPS_META_IPTC_NAME, "Photoshop 3.0 SECRET-IPTC");
  return with_comment(jpeg(image), "SECRET-COMMENT");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> fields_of(const VImage& image) {
  std::vector<std::string> fields;
  gchar** names = vips_image_get_fields(image.get_image());
  for (gchar** name = names; *name != nullptr; ++name) fields.emplace_back(*name);
  g_strfreev(names);
  return fields;
}

bool is_private(const std::string& field) {
  return field.starts_with("exif") || field.starts_with("xmp") || field.starts_with("iptc") ||
         field.starts_with("icc") || contains(field, "comment") || field == "orientation";
}

}  // namespace

TEST_CASE("every format is what it says, has the right size and looks like the source", "[A16]") {
  const std::string bytes = photograph("chelsea.png");
  const VImage wanted = pixels_of("chelsea.png").resize(0.5).copy_memory();
  for (const ImageFormat format : all_formats) {
    const MadeFile file = made(
        bytes, "image/png", {.width = wanted.width(), .height = wanted.height(), .format = format});
    CAPTURE(file.mime_type);
    CHECK(file.mime_type == mime_type(format));
    CHECK(file.extension == extension(format));
    CHECK(detect_type(as_bytes(file.bytes)) == file.mime_type);
    const VImage image = decoded(file).colourspace(VIPS_INTERPRETATION_sRGB);
    CHECK(difference(image.extract_band(0, VImage::option()->set("n", 3)), wanted) < 8);
  }
}

TEST_CASE("quality changes the size of the formats that have it") {
  const std::string bytes = photograph("astronaut.png");
  for (const ImageFormat format : {ImageFormat::jpeg, ImageFormat::webp, ImageFormat::avif}) {
    const auto size = [&](int quality) {
      return made(bytes, "image/png", {.width = 200, .format = format, .quality = quality})
          .bytes.size();
    };
    CAPTURE(mime_type(format));
    CHECK(size(20) < size(0));
    CHECK(size(0) < size(95));
  }
}

TEST_CASE("every effort works, and more of it makes a WebP and a PNG smaller") {
  const std::string bytes = photograph("astronaut.png");
  for (const ImageFormat format : all_formats) {
    for (const int effort : {1, 5, 9}) {
      CAPTURE(mime_type(format), effort);
      const MadeFile file =
          made(bytes, "image/png", {.width = 32, .format = format, .effort = effort});
      CHECK_FALSE(file.bytes.empty());
    }
  }
  for (const ImageFormat format : {ImageFormat::webp, ImageFormat::png}) {
    const auto size = [&](int effort) {
      return made(bytes, "image/png", {.width = 300, .format = format, .effort = effort})
          .bytes.size();
    };
    CHECK(size(9) < size(1));
  }
}

TEST_CASE("keep means the format of the source") {
  const VImage picture = quadrants(60, 40);
  const auto kept = [](const std::string& bytes, std::string_view type) {
    const MadeFile file = made(bytes, type, {.width = 30, .format = ImageFormat::keep});
    decoded(file);
    return file.mime_type + ' ' + file.extension;
  };
  CHECK(kept(jpeg(picture), "image/jpeg") == "image/jpeg jpg");
  CHECK(kept(png(picture), "image/png") == "image/png png");
  CHECK(kept(webp(picture), "image/webp") == "image/webp webp");
  CHECK(kept(gif(picture), "image/gif") == "image/gif gif");
}

TEST_CASE("no metadata gets into a variant") {
  const std::string bytes = telling_jpeg();
  for (const char* secret :
       {"SECRET-EXIF", "SECRET-XMP", "SECRET-IPTC", "SECRET-COMMENT", "Exif", "ICC_PROFILE"}) {
    REQUIRE(contains(bytes, secret));
  }
  REQUIRE(decoded(bytes, "image/jpeg").get_typeof("exif-ifd3-GPSLatitude") != 0);
  for (const ImageFormat format : all_formats) {
    CAPTURE(mime_type(format));
    const MadeFile file = made(bytes, "image/jpeg", {.width = 64, .format = format});
    for (const char* mark : {"SECRET", "Exif", "EXIF", "eXIf", "xmp", "XMP ", "Photoshop", "8BIM",
                             "ICC_PROFILE", "ICCP", "iCCP", "acsp"}) {
      CAPTURE(mark);
      CHECK_FALSE(contains(file.bytes, mark));
    }
    const auto fields = fields_of(decoded(file));
    CHECK(std::none_of(fields.begin(), fields.end(), [&](const std::string& field) {
      return is_private(field) && !(format == ImageFormat::tiff && field == "orientation");
    }));
  }
}

TEST_CASE("a variant says nothing of the resolution of its source") {
  const VImage image =
      decoded(made(telling_jpeg(), "image/jpeg", {.width = 64, .format = ImageFormat::png}));
  CHECK(image.xres() == Approx(1).epsilon(0.01));
}

TEST_CASE("an animation gives its first frame") {
  const std::vector<VImage> frames{plain(40, 30, red), plain(40, 30, green), plain(40, 30, blue)};
  const std::string bytes_of_gif = animated_gif({frames});
  const std::string bytes_of_webp = animated_webp({frames});
  CHECK(converter().inspect(as_bytes(bytes_of_gif), "image/gif").frames == 3);
  CHECK(converter().inspect(as_bytes(bytes_of_webp), "image/webp").frames == 3);
  CHECK(converter().inspect(as_bytes(bytes_of_webp), "image/webp").height == 30);
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::gif, ImageFormat::webp}) {
    const VImage from_gif = made_pixels(bytes_of_gif, "image/gif", {.width = 20, .format = format});
    CHECK(from_gif.height() == 15);
    CHECK(is_close(pixel(from_gif.extract_band(0, VImage::option()->set("n", 3)), 10, 7), red));
    const MadeFile from_webp = made(bytes_of_webp, "image/webp", {.width = 20, .format = format});
    CHECK(is_close(pixel(decoded(from_webp).extract_band(0, VImage::option()->set("n", 3)), 10, 7),
                   red));
    CHECK_FALSE(contains(from_webp.bytes, "ANIM"));
  }
}
