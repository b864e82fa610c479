#include "conversion/vips/picture.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "affix/value/error.hpp"
#include "conversion/scan/scan_picture.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/png_source.hpp"

namespace affix::detail {
namespace {

using vips::VImage;
using Load = VImage (*)(VipsBlob*, vips::VOption*);

constexpr std::string_view jpeg = "image/jpeg";
constexpr std::string_view webp = "image/webp";
constexpr std::string_view gif = "image/gif";
constexpr std::string_view pdf = "application/pdf";

VImage load_png(VipsBlob* blob, vips::VOption* options) {
  std::size_t size = 0;
  const auto* bytes = static_cast<const std::byte*>(vips_blob_get(blob, &size));
  return VImage::pngload_source(png_source({bytes, size}), options);
}

Load load_function(std::string_view mime_type) {
  struct Loader {
    std::string_view mime_type;
    Load load;
  };
  constexpr auto loaders = std::to_array<Loader>({{jpeg, &VImage::jpegload_buffer},
                                                  {"image/png", &load_png},
                                                  {webp, &VImage::webpload_buffer},
                                                  {gif, &VImage::gifload_buffer},
                                                  {"image/tiff", &VImage::tiffload_buffer},
                                                  {"image/avif", &VImage::heifload_buffer},
                                                  {"image/heic", &VImage::heifload_buffer},
                                                  {"image/heif", &VImage::heifload_buffer},
                                                  {"image/jxl", &VImage::jxlload_buffer},
                                                  {"image/jp2", &VImage::jp2kload_buffer},
                                                  {pdf, &VImage::pdfload_buffer},
                                                  {"image/svg+xml", &VImage::svgload_buffer}});
  const auto* found = std::ranges::find(loaders, mime_type, &Loader::mime_type);
  if (found != loaders.end()) return found->load;
  throw Error(Errc::unsupported, "Files of this type cannot be converted");
}

[[noreturn]] void refuse(const vips::VError& error) {
  throw Error(Errc::invalid_content, "The picture cannot be read", {}, take_error_text(error));
}

/// The bytes are not copied: they stay where they are while the picture is in use.
VImage load(Bytes bytes, Load loader, vips::VOption* options = VImage::option()) {
  VipsBlob* blob = vips_blob_new(nullptr, bytes.data(), bytes.size());
  const auto release = [](VipsBlob* area) { vips_area_unref(VIPS_AREA(area)); };
  const std::unique_ptr<VipsBlob, decltype(release)> owner(blob, release);
  return loader(blob,
                options->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR));
}

/// A page is as large as it is on a screen with this many pixels in an inch.
vips::VOption* page_options(std::string_view mime_type) {
  constexpr double resolution = 150;
  vips::VOption* options = VImage::option();
  return mime_type == pdf ? options->set("dpi", resolution) : options;
}

int scanned_orientation(Bytes bytes, std::string_view mime_type) {
  constexpr auto stored_as_seen =
      std::to_array<std::string_view>({"image/avif", "image/heic", "image/heif"});
  const bool is_turned = std::ranges::find(stored_as_seen, mime_type) != stored_as_seen.end();
  if (is_turned || !can_be_scanned(mime_type)) return 0;
  try {
    return scan_picture(bytes, mime_type).orientation;
  } catch (
      const Error&) {  // It was scanned before, unless somebody wants to know what libvips does.
    return 0;
  }
}

VImage oriented(const VImage& image, int orientation) {
  if (orientation == 0) return image;
  VImage result = image.copy();
  result.set(VIPS_META_ORIENTATION, orientation);
  return result;
}

Picture read_header(Bytes bytes, std::string_view mime_type) {
  const Load loader = load_function(mime_type);
  const int orientation = scanned_orientation(bytes, mime_type);
  try {
    const VImage image = oriented(load(bytes, loader, page_options(mime_type)), orientation);
    const Size stored{image.width(), image.height()};
    const int frames = std::max(1, vips_image_get_n_pages(image.get_image()));
    return {image,  bytes,      mime_type, stored, is_turned(image) ? swapped(stored) : stored,
            frames, orientation};
  } catch (const vips::VError& error) {
    refuse(error);
  }
}

/// The largest of the divisors that libjpeg knows which leaves at least `least`.
int jpeg_divisor(Size stored, Size least) {
  for (const int divisor : {8, 4, 2}) {
    if (stored.width / divisor >= least.width && stored.height / divisor >= least.height) {
      return divisor;
    }
  }
  return 1;
}

double webp_scale(Size stored, Size least) {
  return std::min(
      1.0, std::max(double(least.width) / stored.width, double(least.height) / stored.height));
}

}  // namespace

PictureFacts scan_bytes(Bytes bytes, std::string_view mime_type,
                        const VipsConverterOptions& limits) {
  if (bytes.empty()) throw Error(Errc::invalid_content, "The picture is empty");
  if (bytes.size() > static_cast<std::uint64_t>(limits.max_bytes)) {
    throw Error(Errc::too_large, "The picture has too many bytes");
  }
  if (!can_be_scanned(mime_type)) return {};
  const PictureFacts facts = scan_picture(bytes, mime_type);
  check_limits(facts, limits);
  return facts;
}

Picture open_picture(Bytes bytes, std::string_view mime_type, const VipsConverterOptions& limits) {
  use_library();
  Picture picture = read_header(bytes, mime_type);
  // libvips may see another size than the scan; this one is what it will make room for.
  check_limits({.largest = picture.stored, .frames = is_animated(picture) ? picture.frames : 1},
               limits);
  return picture;
}

bool is_animated(const Picture& picture) {
  return picture.frames > 1 && (picture.mime_type == webp || picture.mime_type == gif);
}

VImage pixels_of(const Picture& picture, Size least) {
  const Load loader = load_function(picture.mime_type);
  const auto at = [&](const char* name, auto value) {
    return oriented(load(picture.bytes, loader, VImage::option()->set(name, value)),
                    picture.orientation);
  };
  if (picture.mime_type == jpeg) {
    const int divisor = jpeg_divisor(picture.stored, least);
    if (divisor > 1) return at("shrink", divisor);
  }
  if (picture.mime_type == webp) {
    const double scale = webp_scale(picture.stored, least);
    if (scale < 1) return at("scale", scale);
  }
  return picture.image;
}

VImage frames_of(const Picture& picture) {
  const Load loader = load_function(picture.mime_type);
  return oriented(load(picture.bytes, loader, VImage::option()->set("n", -1)), picture.orientation);
}

bool is_turned(const VImage& image) {
  constexpr int first_turned = 5;  // EXIF orientations 5 to 8 are on their side.
  return vips_image_get_orientation(image.get_image()) >= first_turned;
}

}  // namespace affix::detail
