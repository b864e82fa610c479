#include "conversion/vips/reduce.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "affix/value/error.hpp"
#include "conversion/vips/row_reader.hpp"
#include "conversion/vips/row_reduction.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

/// What the pixels are.
struct Layers {
  explicit Layers(const VImage& image)
      : bands(static_cast<std::size_t>(image.bands())),
        colors(image.has_alpha() ? bands - 1 : bands) {}

  std::size_t bands;
  std::size_t colors;
};

/// Values as they are added: colours times their opacity.
template <std::unsigned_integral Sample>
void widen(const Sample* from, std::size_t count, const Layers& layers, float* to) {
  if (layers.colors == layers.bands) {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
    return;
  }
  for (std::size_t i = 0; i < count; i += layers.bands) {
    const auto opacity = static_cast<float>(from[i + layers.colors]);
    for (std::size_t band = 0; band < layers.colors; ++band) {
      to[i + band] = opacity * static_cast<float>(from[i + band]);
    }
    to[i + layers.colors] = opacity;
  }
}

/// In words that a compiler makes vectors of.
template <std::unsigned_integral Sample>
Sample rounded(float value) {
  constexpr auto most = static_cast<float>(std::numeric_limits<Sample>::max());
  const float shifted = value + 0.5F;
  const float positive = shifted > 0 ? shifted : 0;
  return static_cast<Sample>(static_cast<int>(positive < most ? positive : most));
}

/// Back from `widen`.
template <std::unsigned_integral Sample>
void narrow(const float* from, std::size_t count, const Layers& layers, Sample* to) {
  if (layers.colors == layers.bands) {
    for (std::size_t i = 0; i < count; ++i) to[i] = rounded<Sample>(from[i]);
    return;
  }
  for (std::size_t i = 0; i < count; i += layers.bands) {
    const float opacity = from[i + layers.colors];
    to[i + layers.colors] = rounded<Sample>(opacity);
    for (std::size_t band = 0; band < layers.colors; ++band) {
      to[i + band] = opacity > 0 ? rounded<Sample>(from[i + band] / opacity) : Sample{0};
    }
  }
}

/// How many pixels the kernel gets: libvips leaves it between two and four for each new one, too.
int side_for_kernel(int from, int to) {
  const int covered = std::max(1, from / to / 2);
  return (from + covered / 2) / covered;
}

enum class Method { lanczos, mean };

/// Takes the rows of a picture and puts those of the smaller one into memory.
template <std::unsigned_integral Sample>
class Reducer {
 public:
  Reducer(const VImage& image, const VImage& room, Method method)
      : layers_(image),
        count_(static_cast<std::size_t>(image.width()) * layers_.bands),
        values_(count_),
        room_(room.get_image()),
        last_(make_last(image, method)) {}

  void add(const void* row) {
    widen(static_cast<const Sample*>(row), count_, layers_, values_.data());
    (first_ ? *first_ : last_).add(values_.data());
  }

 private:
  RowReduction make_last(const VImage& image, Method method) {
    const Size from{image.width(), image.height()};
    const Size to{room_->Xsize, room_->Ysize};
    const auto put = [this](const float* row) { put_row(row); };
    if (method == Method::mean) {
      return {mean_blends(from.width, to.width), mean_blends(from.height, to.height),
              static_cast<std::size_t>(from.width), layers_.bands, put};
    }
    const Size between{side_for_kernel(from.width, to.width),
                       side_for_kernel(from.height, to.height)};
    if (between != from) {
      first_.emplace(mean_blends(from.width, between.width),
                     mean_blends(from.height, between.height), static_cast<std::size_t>(from.width),
                     layers_.bands, [this](const float* row) { last_.add(row); });
    }
    return {lanczos_blends(between.width, to.width), lanczos_blends(between.height, to.height),
            static_cast<std::size_t>(between.width), layers_.bands, put};
  }

  void put_row(const float* row) {
    auto* to = reinterpret_cast<Sample*>(VIPS_IMAGE_ADDR(room_, 0, line_++));
    narrow(row, static_cast<std::size_t>(room_->Xsize) * layers_.bands, layers_, to);
  }

  Layers layers_;
  std::size_t count_;
  std::vector<float> values_;
  VipsImage* room_;
  int line_ = 0;
  std::optional<RowReduction> first_;
  RowReduction last_;
};

template <std::unsigned_integral Sample>
void reduce_samples(const VImage& image, const VImage& room, Method method,
                    const Deadline& deadline) {
  Reducer<Sample> reducer(image, room, method);
  each_row(image, deadline, [&](const void* row) { reducer.add(row); });
}

void copy_rows(const VImage& image, const VImage& room, const Deadline& deadline) {
  int line = 0;
  each_row(image, deadline, [&](const void* row) {
    std::memcpy(VIPS_IMAGE_ADDR(room.get_image(), 0, line++), row,
                VIPS_IMAGE_SIZEOF_LINE(image.get_image()));
  });
}

void reduce_by(Method method, const VImage& image, const VImage& room, const Deadline& deadline) {
  if (image.width() == room.width() && image.height() == room.height()) {
    copy_rows(image, room, deadline);
  } else if (image.format() == VIPS_FORMAT_UCHAR) {
    reduce_samples<std::uint8_t>(image, room, method, deadline);
  } else {
    reduce_samples<std::uint16_t>(image, room, method, deadline);
  }
}

}  // namespace

bool can_be_reduced(const VImage& image) {
  const VipsInterpretation type = image.interpretation();
  const bool is_gray = type == VIPS_INTERPRETATION_B_W || type == VIPS_INTERPRETATION_GREY16;
  return (image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT) &&
         image.coding() == VIPS_CODING_NONE && image.bands() <= (is_gray ? 2 : 4);
}

VImage room_for(const VImage& image, Size size) {
  const std::size_t bytes =
      std::size_t(size.width) * std::size_t(size.height) * VIPS_IMAGE_SIZEOF_PEL(image.get_image());
  void* const memory = g_try_malloc(bytes);
  if (memory == nullptr) throw Error(Errc::conversion_failed, "There is no memory for the pixels");
  VImage result = VImage::new_from_memory_steal(memory, bytes, size.width, size.height,
                                                image.bands(), image.format());
  result.get_image()->Type = image.interpretation();
  result.set(VIPS_META_ORIENTATION, vips_image_get_orientation(image.get_image()));
  if (image.get_typeof(VIPS_META_ICC_NAME) != 0) {
    GValue profile = G_VALUE_INIT;
    vips_image_get(image.get_image(), VIPS_META_ICC_NAME, &profile);
    vips_image_set(result.get_image(), VIPS_META_ICC_NAME, &profile);
    g_value_unset(&profile);
  }
  return result;
}

void reduce(const VImage& image, const VImage& room, const Deadline& deadline) {
  reduce_by(Method::lanczos, image, room, deadline);
}

VImage reduced(const VImage& image, Size size, const Deadline& deadline) {
  VImage room = room_for(image, size);
  reduce(image, room, deadline);
  return room;
}

VImage averaged(const VImage& image, Size size) {
  const Deadline never(std::numeric_limits<double>::infinity());
  VImage room = room_for(image, size);
  reduce_by(Method::mean, image, room, never);
  return room;
}

}  // namespace affix::detail
