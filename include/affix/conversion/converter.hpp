#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/conversion/placeholder.hpp"
#include "affix/conversion/preset.hpp"
#include "affix/value/error.hpp"

namespace affix {

/// What a converter knows about a file without converting it.
struct Inspection {
  int width = 0;   ///< Pixels as displayed, after EXIF rotation; 0 if it is no picture.
  int height = 0;  ///< Pixels as displayed, after EXIF rotation; 0 if it is no picture.
  int frames = 1;  ///< Frames of an animation, pages of a document.
};

/// The bytes of a variant.
struct MadeFile {
  std::string bytes{};
  std::string mime_type{};
  std::string extension{};
  int width = 0;
  int height = 0;
};

/// What became of one preset: a file or an error, never both.
struct MadeVariant {
  std::string name{};    ///< Of the preset.
  std::string digest{};  ///< Of the preset.
  std::optional<MadeFile> file{};
  std::optional<Error> error{};
};

/// What a converter made of one file.
struct Conversion {
  std::vector<MadeVariant> variants{};  ///< One for each preset, in their order.
  /// A tiny preview as an attachment keeps it, e.g. `thumbhash:…`; empty if there is none.
  std::string placeholder{};
  std::string blurhash{};  ///< Empty if none was asked for, or there is none.
  std::string color{};     ///< `#a0b0c0`; empty if none was asked for, or nothing can be seen.
};

/// All variants that are wanted of one file.
struct ConversionJob {
  std::span<const std::byte> bytes{};  ///< The whole file; stays where it is during the call.
  std::string_view mime_type{};        ///< As found in the bytes.
  /// Checked, with different names, and no ladders but their `rungs`.
  std::span<const Preset> presets{};
  /// Called after each variant, on the calling thread, in the order in which they are ready; may be
  /// empty. What it throws ends the job.
  std::function<void(const MadeVariant&)> made{};
  /// What is wanted beside the placeholder. A converter that knows none of it may leave it out.
  PreviewOptions previews{};
};

/// Turns files into variants. All presets of one file come in one call, because reading the file
/// once for many is where the speed is. Must be safe to use from many threads.
class Converter {
 public:
  virtual ~Converter() = default;

  /// Whether files of this type can be inspected and converted.
  virtual bool accepts(std::string_view mime_type) const = 0;

  /// Reads the header. Throws `Errc::invalid_content` if it is broken and `Errc::too_large` if the
  /// file is beyond the converter's limits, before a pixel is decoded.
  virtual Inspection inspect(std::span<const std::byte> bytes,
                             std::string_view mime_type) const = 0;

  /// Decodes the content, also when no presets are asked for, so that broken content is found.
  /// A preset that fails has its error in the result and does not harm the others; content that
  /// nothing can be made of is thrown as by `inspect`.
  virtual Conversion convert(const ConversionJob& job) const = 0;
};

}  // namespace affix
