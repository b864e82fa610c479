#include "conversion/vips/webp_encode.hpp"

#include <webp/encode.h>

#include <algorithm>
#include <memory>

#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

[[noreturn]] void fail(std::string_view cause = {}) {
  throw Error(Errc::conversion_failed, "The WebP picture cannot be made", {}, cause);
}

WebPConfig config_of(const WebpSettings& settings) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) fail("another version of libwebp");
  config.quality = static_cast<float>(settings.quality);
  config.method = settings.effort;
  config.lossless = settings.compression == Compression::lossless ? 1 : 0;
  if (WebPValidateConfig(&config) == 0) fail("settings that libwebp does not know");
  return config;
}

/// libwebp's picture and what it has written.
class Encoding {
 public:
  Encoding() {
    if (WebPPictureInit(&picture_) == 0) fail("another version of libwebp");
    WebPMemoryWriterInit(&writer_);
    picture_.writer = WebPMemoryWrite;
    picture_.custom_ptr = &writer_;
  }
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;
  ~Encoding() {
    WebPPictureFree(&picture_);
    WebPMemoryWriterClear(&writer_);
  }

  /// An image in memory.
  void take(const VImage& image, const WebPConfig& config) {
    if (std::max(image.width(), image.height()) > WEBP_MAX_DIMENSION) {
      throw Error(Errc::conversion_failed, "A side of the variant would be too long for WebP");
    }
    picture_.use_argb = config.lossless;  // Otherwise the pixels are converted when they are taken.
    picture_.width = image.width();
    picture_.height = image.height();
    const auto* bytes = static_cast<const std::uint8_t*>(image.data());
    const int row = static_cast<int>(VIPS_IMAGE_SIZEOF_LINE(image.get_image()));
    const bool is_taken = (image.bands() == 4 ? WebPPictureImportRGBA(&picture_, bytes, row)
                                              : WebPPictureImportRGB(&picture_, bytes, row)) != 0;
    if (!is_taken) fail("no memory for its pixels");
  }

  std::string run(const WebPConfig& config, const Deadline& deadline) {
    picture_.user_data = const_cast<Deadline*>(&deadline);
    picture_.progress_hook = [](int, const WebPPicture* picture) {
      return static_cast<const Deadline*>(picture->user_data)->is_over() ? 0 : 1;
    };
    if (WebPEncode(&config, &picture_) == 0) {
      deadline.check();
      fail("libwebp's error " + std::to_string(picture_.error_code));
    }
    return {reinterpret_cast<const char*>(writer_.mem), writer_.size};
  }

 private:
  WebPPicture picture_{};
  WebPMemoryWriter writer_{};
};

}  // namespace

std::string encode_webp(const VImage& image, const WebpSettings& settings,
                        const Deadline& deadline) {
  const WebPConfig config = config_of(settings);
  Encoding encoding;
  encoding.take(computed(in_color(image), deadline), config);
  return encoding.run(config, deadline);
}

}  // namespace affix::detail
