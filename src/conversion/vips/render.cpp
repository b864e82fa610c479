#include "conversion/vips/render.hpp"

#include <algorithm>
#include <future>

#include "affix/value/error.hpp"
#include "conversion/vips/color.hpp"
#include "conversion/vips/framing.hpp"
#include "conversion/vips/geometry.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/vips/parallel.hpp"
#include "conversion/vips/reduce.hpp"
#include "conversion/vips/resize.hpp"
#include "conversion/vips/watermark.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

VipsAngle angle(int degrees) {
  switch (degrees) {
    case 90:
      return VIPS_ANGLE_D90;
    case 180:
      return VIPS_ANGLE_D180;
    case 270:
      return VIPS_ANGLE_D270;
    default:
      return VIPS_ANGLE_D0;
  }
}

VImage turned(const VImage& image, const Preset& preset) {
  // What changes nothing would be a copy of all pixels.
  constexpr int as_it_is = 1;
  VImage result =
      vips_image_get_orientation(image.get_image()) == as_it_is ? image : image.autorot();
  if (preset.rotate != 0) result = result.rot(angle(preset.rotate));
  if (preset.flip == Flip::horizontal || preset.flip == Flip::both) {
    result = result.flip(VIPS_DIRECTION_HORIZONTAL);
  }
  if (preset.flip == Flip::vertical || preset.flip == Flip::both) {
    result = result.flip(VIPS_DIRECTION_VERTICAL);
  }
  return result;
}

VImage blurred(const VImage& image, double sigma) {
  if (sigma == 0) return image;
  return with_premultiplied(image, [sigma](const VImage& picture) {
    return picture.gaussblur(sigma, VImage::option()->set("precision", VIPS_PRECISION_FLOAT));
  });
}

VImage sharpened(const VImage& image, double sigma) {
  if (sigma == 0) return image;
  return with_premultiplied(image, [sigma](const VImage& picture) {
    const VImage bytes = picture.cast(VIPS_FORMAT_UCHAR);
    return bytes.sharpen(VImage::option()->set("sigma", sigma));
  });
}

/// What every encoder takes; some effects leave fractions.
VImage in_bytes(const VImage& image) {
  return image.format() == VIPS_FORMAT_UCHAR ? image : image.rint().cast(VIPS_FORMAT_UCHAR);
}

/// What is left of the picture when the largest variant loses nothing by it.
Size base_size(const Picture& picture, std::span<const Preset> presets) {
  // Below that nothing would be left for a placeholder to show.
  const Preset smallest{.width = 32, .height = 32, .fit = Fit::inside};
  Size least = plan(picture.stored, is_turned(picture.image), smallest).resized;
  for (const Preset& preset : presets) {
    const Size size = plan(picture.stored, is_turned(picture.image), preset).resized;
    least = {std::max(least.width, size.width), std::max(least.height, size.height)};
  }
  return {std::min(least.width, picture.stored.width),
          std::min(least.height, picture.stored.height)};
}

bool can_be_animated(ImageFormat format) {
  return format == ImageFormat::webp || format == ImageFormat::gif;
}

/// `keep` keeps the formats of animations.
bool wants_all_frames(const Preset& preset) {
  return preset.frames == Frames::all &&
         (preset.format == ImageFormat::keep || can_be_animated(preset.format));
}

/// Colours are converted behind the reduction, where there are fewer of them; before it only those
/// of rare formats, such as numbers with fractions. What a profile takes beforehand is done while
/// pixels are read, if a core is idle.
VImage reduced_pixels(const VImage& image, Size size, const Deadline& deadline) {
  const VImage common = can_be_reduced(image) ? image : to_srgb(image);
  const VImage room = room_for(common, size);
  const bool meanwhile = has_colors_to_prepare(common) && IdleCores(1).taken() == 1;
  const auto policy =
      meanwhile ? std::launch::async | std::launch::deferred : std::launch::deferred;
  std::future<VImage> converted = std::async(policy, [&room] {
    use_library();
    return to_srgb(room);
  });
  reduce(common, room, deadline);
  return computed(converted.get(), deadline);
}

Timing timing_of(const VImage& frames, int count) {
  constexpr int usual_delay = 100;
  Timing timing;
  if (frames.get_typeof("delay") != 0) timing.delays = frames.get_array_int("delay");
  timing.delays.resize(static_cast<std::size_t>(count), usual_delay);
  if (frames.get_typeof("loop") != 0) timing.loop = frames.get_int("loop");
  return timing;
}

/// The frames are read one after the other, so that no more of them is held than is needed.
Animation read_animation(const Picture& picture, Size size, const Deadline& deadline) {
  const auto [width, height] = picture.stored;
  const VImage frames = frames_of(picture);
  Animation animation{.timing = timing_of(frames, picture.frames)};
  for (int index = 0; index < picture.frames; ++index) {
    const VImage frame = frames.crop(0, index * height, width, height);
    animation.frames.push_back(reduced_pixels(frame, size, deadline));
  }
  return animation;
}

Base read_base(const Picture& picture, std::span<const Preset> presets, const Deadline& deadline) {
  const Size size = base_size(picture, presets);
  if (is_animated(picture) && std::ranges::any_of(presets, wants_all_frames)) {
    Animation animation = read_animation(picture, size, deadline);
    return {animation.frames.front(), picture.stored, std::move(animation)};
  }
  return {reduced_pixels(pixels_of(picture, size), size, deadline), picture.stored};
}

/// Everything behind this reads pixels in any order, so they are made only once.
VImage placed(const VImage& pixels, const Preset& preset, Size size, const Deadline& deadline) {
  return turned(resized(pixels, size, deadline), preset);
}

/// What a preset does after it has found its place, with each frame alike.
class Finish {
 public:
  Finish(const Preset& preset, ImageFormat format, Size result, const Deadline& deadline)
      : preset_(preset), format_(format), result_(result) {
    if (preset.watermark) overlay_ = make_overlay(*preset.watermark, result, deadline);
  }

  VImage operator()(const VImage& picture, Point corner) const {
    const VImage shown = framed(picture, result_, corner, preset_, format_);
    const VImage effective = sharpened(blurred(shown, preset_.blur), preset_.sharpen);
    const VImage ground = grounded(effective, preset_, format_);
    const VImage whole = overlay_ ? marked(ground, *overlay_, preset_.watermark->position) : ground;
    return in_bytes(preset_.tone == Tone::grayscale ? to_gray(whole) : whole);
  }

 private:
  const Preset& preset_;
  ImageFormat format_;
  Size result_;
  std::optional<VImage> overlay_{};
};

/// A long and narrow picture that is enlarged until it covers its box grows far beyond that.
void check_size(const Layout& layout) {
  constexpr std::int64_t always_allowed = 100'000'000;
  if (layout.result.width > longest_side || layout.result.height > longest_side) {
    throw Error(Errc::conversion_failed, "A side of the variant would be too long");
  }
  if (pixels_of(layout.scaled) > std::max(always_allowed, pixels_of(layout.result))) {
    throw Error(Errc::conversion_failed, "The picture would have to be enlarged too far");
  }
}

/// Enlarged frames add up to more than a still picture can have.
void check_animation(const Base& base, Size result) {
  constexpr std::int64_t always_allowed = 50'000'000;
  const auto frames = static_cast<std::int64_t>(base.animation->frames.size());
  const std::int64_t source = frames * base.stored.width * base.stored.height;
  if (frames * result.width * result.height > std::max(always_allowed, source)) {
    throw Error(Errc::conversion_failed, "The frames of the variant would have too many pixels");
  }
}

Rendering render_animation(const Animation& animation, const Preset& preset, const Plan& plan,
                           const Finish& finish, const Deadline& deadline) {
  std::vector<VImage> frames;
  const Point corner = find_corner(placed(animation.frames.front(), preset, plan.resized, deadline),
                                   plan.layout.result, preset);
  for (const VImage& frame : animation.frames) {
    const VImage picture = finish(placed(frame, preset, plan.resized, deadline), corner);
    frames.push_back(computed(picture, deadline));
  }
  const VImage all = VImage::arrayjoin(frames, VImage::option()->set("across", 1));
  return {all, plan.layout.result.height, animation.timing};
}

}  // namespace

Base make_base(const Picture& picture, std::span<const Preset> presets, const Deadline& deadline) {
  try {
    return read_base(picture, presets, deadline);
  } catch (const vips::VError& error) {
    const std::string cause = take_error_text(error);
    deadline.check();  // Reading was given up then; nothing is known of the picture.
    throw Error(Errc::invalid_content, "The picture cannot be read", {}, cause);
  }
}

Layout layout_of(const Base& base, const Preset& preset) {
  return plan(base.stored, is_turned(base.pixels), preset).layout;
}

Rendering render(const Base& base, const Preset& preset, ImageFormat format,
                 const Deadline& deadline) {
  const Plan plan_of_all = plan(base.stored, is_turned(base.pixels), preset);
  const Size result = plan_of_all.layout.result;
  check_size(plan_of_all.layout);
  const bool is_animated = base.animation && wants_all_frames(preset) && can_be_animated(format);
  if (is_animated) check_animation(base, result);
  const Finish finish(preset, format, result, deadline);
  if (is_animated) {
    return render_animation(*base.animation, preset, plan_of_all, finish, deadline);
  }
  const VImage picture = placed(base.pixels, preset, plan_of_all.resized, deadline);
  return {finish(picture, find_corner(picture, result, preset)), result.height};
}

}  // namespace affix::detail
