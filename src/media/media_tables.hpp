#pragma once

#include <soci/soci.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_schema.hpp"
#include "media/media_checks.hpp"
#include "persistence/table_schema.hpp"
#include "session_failure.hpp"

namespace affix::detail {

/// The columns of the media table in the order of affix's statements.
inline constexpr std::array media_columns{
    &MediaColumns::id,          &MediaColumns::owner_type, &MediaColumns::owner_id,
    &MediaColumns::collection,  &MediaColumns::name,       &MediaColumns::file_name,
    &MediaColumns::mime_type,   &MediaColumns::size,       &MediaColumns::disk,
    &MediaColumns::path,        &MediaColumns::position,   &MediaColumns::custom_properties,
    &MediaColumns::conversions, &MediaColumns::created_at, &MediaColumns::updated_at,
    &MediaColumns::checksum,    &MediaColumns::width,      &MediaColumns::height,
    &MediaColumns::placeholder, &MediaColumns::meta,       &MediaColumns::extra};

/// The same tables, with quotes around each column whose name has capital letters: who gave such a
/// name made the column in quotes, or means one that was.
MediaTables with_exact_names(MediaTables tables);

/// The tables as they are created.
std::vector<TableDefinition> media_definitions(const Dialect& dialect, const MediaTables& tables);

/// Whether a plain SELECT may cut texts, see `whole_text`.
bool is_read_in_part(soci::session& sql);

/// SQL that reads a column of text whole. SOCI's ODBC backend takes the characters that a column
/// has room for as the bytes that it has to expect, and cuts what is longer without a word.
/// `characters` is how many there are at most.
std::string whole_text(soci::session& sql, const std::string& column,
                       std::size_t characters = MediaWidths::path);

/// The place of a record's attachment in the ledger.
std::string media_slot(std::string_view id);

/// Runs statements on the media tables: what the backend throws becomes an `Error` with the place.
template <class Statement>
auto on_media(const Where& place, Statement statement) {
  try {
    return statement();
  } catch (const Error& error) {
    throw error.with(place);
  } catch (const std::exception& error) {
    throw database_error("A statement on the media tables failed", error, place);
  }
}

}  // namespace affix::detail
