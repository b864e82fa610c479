#pragma once

#include <nlohmann/json_fwd.hpp>

#include "affix/media/media_library.hpp"

// The rules of collections as JSON, for programs that keep them in a configuration:
//
//     {"name": "gallery", "keepLatest": 12, "disk": "public", "accepts": ["image/png"],
//      "maxSize": 5000000, "presets": ["thumb"], "variants": "queued", "unreferenced": "keep",
//      "onOwnerRemoved": "restrict"}
//
// What is absent has its default. `naming` is a function and has no place here.

namespace affix {

/// For `nlohmann::json document = collection;`. `Errc::invalid_argument` for one with a `naming`.
void to_json(nlohmann::json& document, const MediaCollection& collection);
/// `Errc::invalid_argument` for an unknown member, a wrong type or word, with `where().member`.
void from_json(const nlohmann::json& document, MediaCollection& collection);

}  // namespace affix
