#pragma once

#include <cstdint>
#include <memory>

#include "affix/conversion/converter.hpp"

namespace affix {

/// Bounds of a source picture; beyond them it is `Errc::too_large` before a pixel is decoded.
struct VipsConverterOptions {
  std::int64_t max_bytes = 256LL << 20;  ///< Of the file.
  std::int64_t max_pixels = 50'000'000;  ///< Width times height times frames.
  int max_dimension = 16'384;            ///< Either side.
  int max_frames = 1'000;                ///< Of an animation; variants are made of the first one.
};

/// Makes variants of pictures with libvips: JPEG, PNG, WebP and GIF in; JPEG, PNG, WebP, AVIF, GIF
/// and TIFF out. The EXIF orientation of JPEG and WebP is applied, colours are converted to sRGB,
/// transparency is handled premultiplied, and no metadata gets into a variant. Animations give
/// their first frame. A variant with a side over 16,384 pixels is `Errc::conversion_failed`.
///
/// The picture is read once and shrunk to the size of the largest variant meanwhile; the variants
/// are made of that, on the calling thread and on as many others as the computer has cores that no
/// other call of this process uses.
///
/// The loader is chosen by the type that was found in the bytes and called by name; every other
/// loader of libvips is blocked for the whole process from the first call on, and its operation
/// cache is switched off. Its warnings about broken pictures are dropped (the GLib log domain
/// `VIPS`), because the errors say the same. Libvips is started once and never shut down.
/// Throws `Errc::unsupported` when libvips is older than 8.13.
std::shared_ptr<const Converter> make_vips_converter(const VipsConverterOptions& options = {});

}  // namespace affix
