#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "pictures.hpp"
#include "support/pictures.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

// Metadata as ExifTool writes and finds it.

using namespace affix;
using namespace affix::tests;
using namespace pictures;

namespace {

class Files {
 public:
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  TemporaryDirectory directory_;
};

/// What ExifTool can hide in a JPEG: where it was taken, by whom, and a small picture of it.
std::string telling_jpeg() {
  const Files files;
  const std::string photo = files.write("photo.jpg", jpeg(pixels_of("coffee.png")));
  const std::string thumb = files.write("thumb.jpg", jpeg(plain(60, 40, {201, 3, 77}), 50));
  output_of("exiftool -q -q -overwrite_original '-ThumbnailImage<=" + thumb +
            "' -GPSLatitude=48.1371 -GPSLatitudeRef=N -GPSLongitude=11.5754 -GPSLongitudeRef=E"
            " -Artist=SECRET-EXIF -UserComment=SECRET-TEXT -Model=SECRET-CAMERA"
            " -XMP:Creator=SECRET-XMP -IPTC:Keywords=SECRET-IPTC -Comment=SECRET-COMMENT " +
            photo);
  return read_file(photo);
}

struct Tag {
  std::string group;
  std::string name;
};

/// Every tag that ExifTool finds in a file, unknown ones too.
std::vector<Tag> tags_of(const std::string& path) {
  std::istringstream lines(output_of("exiftool -a -u -G1 -s " + path));
  std::vector<Tag> tags;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.find(']');
    if (line.empty() || line.front() != '[' || end == std::string::npos) continue;
    std::istringstream rest(line.substr(end + 1));
    Tag tag{line.substr(1, end - 1), {}};
    rest >> tag.name;
    tags.push_back(tag);
  }
  return tags;
}

/// Of the file itself and of what its format cannot do without.
bool is_harmless(const Tag& tag) {
  static const std::set<std::string> groups{"ExifTool", "System", "File",     "Composite",
                                            "JFIF",     "PNG",    "RIFF",     "PNG-pHYs",
                                            "GIF",      "Meta",   "QuickTime"};
  static const std::set<std::string> structure{
      "ImageWidth",   "ImageHeight",  "BitsPerSample",   "Compression",
      "Predictor",    "RowsPerStrip", "StripByteCounts", "PhotometricInterpretation",
      "StripOffsets", "Orientation",  "SamplesPerPixel", "PlanarConfiguration",
      "XResolution",  "YResolution",  "ResolutionUnit",  "SampleFormat",
      "ExtraSamples"};
  if (tag.name == "Comment" || tag.name == "Warning") return false;
  return groups.contains(tag.group) || (tag.group == "IFD0" && structure.contains(tag.name));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool has_tag(const std::vector<Tag>& tags, std::string_view group, std::string_view name) {
  return std::ranges::any_of(
      tags, [&](const Tag& tag) { return tag.group == group && tag.name == name; });
}

const std::vector<ImageFormat> all_formats{ImageFormat::jpeg, ImageFormat::png, ImageFormat::webp,
                                           ImageFormat::avif, ImageFormat::gif, ImageFormat::tiff};

/// The compressed pixels of the small picture, without the start that any JPEG may share.
std::string middle_of_thumbnail() {
  const std::string bytes = jpeg(plain(60, 40, {201, 3, 77}), 50);
  return bytes.substr(bytes.size() - 40, 30);
}

}  // namespace

TEST_CASE("the JPEG of these tests tells what variants must not") {
  const std::string bytes = telling_jpeg();
  const Files files;
  const std::vector<Tag> tags = tags_of(files.write("telling.jpg", bytes));
  CHECK(has_tag(tags, "GPS", "GPSLatitude"));
  CHECK(has_tag(tags, "IFD1", "ThumbnailImage"));
  CHECK(has_tag(tags, "XMP-dc", "Creator"));
  CHECK(has_tag(tags, "IPTC", "Keywords"));
  CHECK(has_tag(tags, "ExifIFD", "UserComment"));
  CHECK(has_tag(tags, "File", "Comment"));
  CHECK(std::ranges::count_if(tags, is_harmless) < static_cast<long>(tags.size()) - 8);
  CHECK(contains(bytes, middle_of_thumbnail()));
}

TEST_CASE("ExifTool finds nothing in a variant of any format but what the format needs") {
  const std::string bytes = telling_jpeg();
  const Files files;
  for (const ImageFormat format : all_formats) {
    const MadeFile file = made(bytes, "image/jpeg", {.width = 200, .format = format});
    CAPTURE(file.extension);
    const std::vector<Tag> tags = tags_of(files.write("variant." + file.extension, file.bytes));
    REQUIRE(has_tag(tags, "File", "FileType"));
    for (const Tag& tag : tags) {
      CAPTURE(tag.group, tag.name);
      CHECK(is_harmless(tag));
    }
  }
}

TEST_CASE("no byte of the metadata is in a variant, whatever the size and the recipe") {
  const std::string bytes = telling_jpeg();
  for (const ImageFormat format : all_formats) {
    for (const Preset& preset :
         {Preset{.format = format}, Preset{.width = 40, .height = 40, .format = format},
          Preset{.width = 200, .height = 200, .fit = Fit::contain, .format = format, .rotate = 90},
          Preset{.width = 100, .format = format, .tone = Tone::grayscale}}) {
      const MadeFile file = made(bytes, "image/jpeg", preset);
      CAPTURE(file.extension);
      for (const char* mark : {"SECRET", "Exif", "EXIF", "eXIf", "GPS", "xmp", "8BIM", "IPTC"}) {
        CAPTURE(mark);
        CHECK_FALSE(contains(file.bytes, mark));
      }
      CHECK_FALSE(contains(file.bytes, middle_of_thumbnail()));
    }
  }
}

TEST_CASE("the metadata of an animation is not in its variants") {
  const Files files;
  const std::string bytes = animated_webp({{plain(60, 40, red), plain(60, 40, green)}});
  const std::string path = files.write("animation.webp", bytes);
  output_of("exiftool -q -q -overwrite_original -XMP:Creator=SECRET-XMP -EXIF:Artist=SECRET-EXIF " +
            path);
  const std::string telling = read_file(path);
  REQUIRE(contains(telling, "SECRET-XMP"));
  REQUIRE(contains(telling, "SECRET-EXIF"));
  for (const ImageFormat format : {ImageFormat::webp, ImageFormat::gif}) {
    const MadeFile file =
        made(telling, "image/webp", {.width = 30, .format = format, .frames = Frames::all});
    CHECK(played(file).frames.size() == 2);
    CHECK_FALSE(contains(file.bytes, "SECRET"));
    for (const Tag& tag : tags_of(files.write("variant." + file.extension, file.bytes))) {
      CAPTURE(tag.group, tag.name);
      CHECK((is_harmless(tag) || tag.group == "NETSCAPE2.0"));
    }
  }
}
