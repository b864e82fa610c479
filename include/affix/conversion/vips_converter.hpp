#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "affix/conversion/converter.hpp"

namespace affix {

/// Which conversions run in a process of their own, the program `affix-convert`: it has limits of
/// memory and time, no network and no way to write files, and its end is an `Error`. That costs the
/// start of a program for each file.
enum class Isolation {
  never,   ///< None. A decoder that crashes or runs for ever takes this process along.
  risky,   ///< Those of formats whose decoders have often been attacked (all but JPEG, PNG, WebP
           ///< and GIF), and those that make AVIF or animated WebP, whose encoders cannot be
           ///< stopped.
  always,  ///< All.
};

/// Whether pictures are made of PDF (of its first page, 150 pixels to the inch) and SVG.
enum class Documents { refused, first_page };

/// Limits of a source picture, beyond which it is `Errc::too_large` before a pixel is decoded; and
/// what its conversion may take.
struct VipsConverterOptions {
  std::int64_t max_bytes = 256LL << 20;  ///< Of the file.
  std::int64_t max_pixels = 50'000'000;  ///< Width times height times frames.
  int max_dimension = 16'384;            ///< Either side.
  int max_frames = 1'000;                ///< Of an animation.
  /// Of one conversion, from its beginning; then it is `Errc::conversion_failed`.
  double max_seconds = 30;
  /// Bytes, for all conversions of this process together, as estimated from the pictures' sizes:
  /// what would be more waits for the others, up to `max_seconds` before its own time begins, and
  /// then is `Errc::conversion_failed`. In a process of its own, one
  /// conversion alone may have as much. A picture that its decoder can only hold as a whole
  /// (interlaced PNG, progressive JPEG, GIF, WebP) may take a quarter of it.
  std::int64_t max_memory = 1LL << 30;
  Isolation isolation = Isolation::risky;
  Documents documents = Documents::refused;
  /// The program `affix-convert`. Empty: where this library was configured to be installed, in
  /// `libexec/affix`. If it is not there, conversions that need it are `Errc::unsupported`.
  std::filesystem::path worker{};
};

/// Makes variants of pictures with libvips. In: JPEG, PNG, WebP and GIF; TIFF, AVIF, HEIC, JPEG XL
/// and JPEG 2000, as far as this libvips can read them; PDF and SVG on request. Out: JPEG, PNG,
/// WebP, AVIF, GIF and TIFF. The EXIF orientation is applied, colours are converted to sRGB,
/// transparency is handled premultiplied, and no metadata gets into a variant. Animations give
/// their first frame or all, as a preset says. A variant with a side over 16,384 pixels (WebP:
/// 16,383) is `Errc::conversion_failed`, as is one for which the picture would have to be enlarged
/// to over 100 million pixels before it is cut.
///
/// Files are looked through by affix itself before a library reads them: what they claim to hold
/// must be there and within the limits. An inspection takes nothing else (JPEG XL, JPEG 2000, PDF
/// and SVG, for which there is no such scan, are inspected in a process of their own).
///
/// The picture is read once and shrunk to the size of the largest variant meanwhile; the variants
/// are made of that, on the calling thread and on as many others as the computer has cores that no
/// other call of this process uses.
///
/// The loader is chosen by the type that was found in the bytes and called by name. Every loader of
/// libvips but those of JPEG, PNG, WebP and GIF is blocked for the whole process from the first
/// call on (with `Isolation::never` those of the other types above are not), and its operation
/// cache is switched off. Its warnings about broken pictures are dropped (the GLib log domain
/// `VIPS`), because the errors say the same. Libvips is started once and never shut down.
/// Throws `Errc::unsupported` when libvips is older than 8.13. In a process that was forked after
/// libvips had been started every conversion is `Errc::invalid_state`.
std::shared_ptr<const Converter> make_vips_converter(const VipsConverterOptions& options = {});

}  // namespace affix
