#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "affix/conversion/preset.hpp"
#include "affix/value/attachment.hpp"

namespace affix {

/// The presets that a ladder (`Preset::widths`) stands for, the narrowest first, each with its
/// width and a name such as `card-320`. A rung that is wider than the picture would look like the
/// one below it that is as wide as the picture, so those that are wider than that are left out:
/// of a picture of 1000 pixels, 320, 640, 1280 and 1920 give 320, 640 and 1280, which has 1000.
/// A preset that is no ladder is its own only rung.
///
/// `width` and `height`: of the picture as displayed, in pixels; 0 if unknown, then all rungs.
std::vector<Preset> rungs(const Preset& preset, int width = 0, int height = 0);

/// The address of a variant, by its name, e.g. by `AttachmentManager::url`.
using UrlOf = std::function<std::string(std::string_view variant)>;

/// The text of an `srcset` attribute, `url 320w, url 640w` in the order of the widths, of the
/// rungs of ladder `name` that the attachment has. Empty if it has none.
///
/// What would end a url there is percent-encoded: white space anywhere, a comma at either end. For
/// HTML the whole text has to be escaped as any other.
std::string srcset(const Attachment& attachment, std::string_view name, const UrlOf& url_of);

/// The same of variants by their names. Left out are those that the attachment has not, those
/// whose width is unknown, and all but the first of one width.
std::string srcset_of(const Attachment& attachment, const std::vector<std::string>& variants,
                      const UrlOf& url_of);

}  // namespace affix
