#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "affix/value/attachment.hpp"

// The stored form of an attachment, format 1. docs/formats.md describes every member; tests/golden
// holds documents of every released format, which must parse for ever.

namespace affix {

/// The format that `print` writes and the newest that `parse_attachment` reads.
inline constexpr int json_format = 1;

/// Bounds of a document, for reading and for writing.
inline constexpr std::size_t json_max_bytes = 1024 * 1024;
inline constexpr int json_max_depth = 16;  ///< Nested objects and arrays, the outermost included.
inline constexpr std::size_t json_max_variants = 256;
inline constexpr std::size_t json_max_items = 65'536;  ///< Of a list.

/// The canonical text: known members in a fixed order, then `extra`, sorted by name; no spaces.
/// Equal values print equal texts; only the numbers 1 and 1.0 in `meta` or `extra`, which compare
/// equal, stay `1` and `1.0`. Throws `Errc::invalid_argument`, with `where().member`, for a
/// value that could not be read back: no valid id, no disk, path or type, a negative size, text
/// that is not UTF-8 or contains U+0000, `meta` or `extra` that is no object, an `extra` with the
/// name of a known member, or a bound exceeded. The bound on bytes leaves room for the space that
/// some databases put behind each comma and colon.
std::string print(const Attachment& attachment);
/// A JSON array of the same; `[]` for an empty list. The bounds on bytes and depth hold for each
/// item.
std::string print(const AttachmentList& list);

/// Reads format 1 and the form that nestjs-media stores, in one pass and without building a tree.
/// Strict: a missing member, a wrong type, a duplicate member, U+0000, or a bound exceeded is
/// `Errc::invalid_document`, a higher `v` is `Errc::newer_format`; `where().member` names the
/// member, e.g. `variants.thumb.size`. Unknown members go to `extra`. A document of nestjs-media
/// has neither `v` nor `id`: the id is the path's segment before the file name.
/// Does not check whether disk and path make sense: the manager does when they are used.
Attachment parse_attachment(std::string_view text);

/// As `parse_attachment`, but nothing for the texts `null` and `` (the empty one), which other
/// systems write for "no file".
std::optional<Attachment> parse_optional_attachment(std::string_view text);

/// Reads an array of attachments; `null` and the empty text are an empty list.
/// The bound on bytes holds for each item as decoded. At most `json_max_items`. `where().member`
/// starts with the index, e.g. `3.size`.
AttachmentList parse_attachment_list(std::string_view text);

/// For `nlohmann::json document = attachment;` and the way back, e.g. in an API's answer. They
/// accept and refuse what `print` and `parse_attachment` do.
void to_json(nlohmann::json& document, const Attachment& attachment);
void from_json(const nlohmann::json& document, Attachment& attachment);
void to_json(nlohmann::json& document, const AttachmentList& list);
void from_json(const nlohmann::json& document, AttachmentList& list);

}  // namespace affix
