#include "conversion/vips/read_pixels.hpp"

#include "conversion/vips/parallel.hpp"

namespace affix::detail {
namespace {

using vips::VImage;

void require(int result) {
  if (result != 0) throw vips::VError();
}

}  // namespace

VImage PixelTap::on(const VImage& image) {
  VImage tapped(vips_image_new());
  require(vips_image_pipelinev(tapped.get_image(), VIPS_DEMAND_STYLE_THINSTRIP, image.get_image(),
                               nullptr));
  require(vips_image_generate(tapped.get_image(), vips_start_one, pass, vips_stop_one,
                              image.get_image(), this));
  // It is computed when `image` may be gone otherwise.
  g_object_set_data_full(G_OBJECT(tapped.get_image()), "affix-source",
                         g_object_ref(image.get_image()), g_object_unref);
  return tapped;
}

/// Called by libvips for a part of the picture, on any thread.
int PixelTap::pass(VipsRegion* to, void* from, void* /*image*/, void* tap, gboolean* /*stop*/) {
  auto* source = static_cast<VipsRegion*>(from);
  const VipsRect* part = &to->valid;
  if (vips_region_prepare(source, part) == 0 &&
      vips_region_region(to, source, part, part->left, part->top) == 0) {
    return 0;
  }
  static_cast<PixelTap*>(tap)->has_failed_ = true;
  return -1;
}

VImage read_pixels(const VImage& image, const PixelTap& tap, const Deadline& deadline) {
  const IdleCores cores(image.height());
  VImage limited = image.copy();
  limited.set(VIPS_META_CONCURRENCY, 1 + cores.taken());
  try {
    VImage pixels = computed(limited, deadline);
    if (tap.has_failed()) throw vips::VError("some of the pixels are not there");
    pixels.remove(VIPS_META_CONCURRENCY);
    return pixels;
  } catch (const vips::VError&) {
    deadline.check();
    throw;
  }
}

}  // namespace affix::detail
