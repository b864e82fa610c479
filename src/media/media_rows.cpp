#include "media/media_rows.hpp"

#include <algorithm>
#include <array>

#include "affix/soci/session_state.hpp"
#include "media/media_checks.hpp"
#include "media/media_documents.hpp"
#include "media/media_tables.hpp"
#include "value/json_error.hpp"

namespace affix::detail {
namespace {

std::string printed(const nlohmann::json& object) {
  return object.empty() ? std::string() : print_object(object);
}

std::optional<TimePoint> read_time(const std::string& text, soci::indicator state) {
  if (state == soci::i_null || text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (!time) throw invalid_document("A time is not in the form of RFC 3339", text);
  return time;
}

std::string text_or_none(std::string& text, soci::indicator state) {
  return state == soci::i_null ? std::string() : std::move(text);
}

bool is_text(std::string MediaColumns::*column) {
  constexpr std::array others{&MediaColumns::size,        &MediaColumns::position,
                              &MediaColumns::width,       &MediaColumns::height,
                              &MediaColumns::conversions, &MediaColumns::custom_properties,
                              &MediaColumns::meta,        &MediaColumns::extra};
  return std::ranges::find(others, column) == others.end();
}

/// Runs `read`; an error names the column.
template <class Read>
auto in_column(const char* column, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw error.with({.column = column});
  }
}

}  // namespace

PrintedRecord::PrintedRecord(const MediaRecord& record, TimePoint now)
    : record_((check_record(record), record)),
      custom_properties_(print_object(record.custom_properties)),
      conversions_(print_variants(record.attachment.variants)),
      created_at_(format_time(record.attachment.created_at.value_or(now))),
      updated_at_(format_time(now)),
      meta_(printed(record.attachment.meta)),
      extra_(printed(record.attachment.extra)) {}

void PrintedRecord::bind(Query& query) const {
  const Attachment& attachment = record_.attachment;
  const MediaPlace& place = record_.place;
  query.bind(attachment.id).bind(place.owner.type).bind(place.owner.id).bind(place.collection);
  query.bind(attachment.name).bind(attachment.file_name).bind(attachment.mime_type);
  query.bind(attachment.size).bind(attachment.disk).bind(attachment.path).bind(record_.position);
  query.bind_document(custom_properties_).bind_document(conversions_);
  query.bind(created_at_).bind(updated_at_).bind_optional(attachment.checksum);
  query.bind_unless_zero(attachment.width).bind_unless_zero(attachment.height);
  query.bind_optional(attachment.placeholder).bind_document(meta_).bind_document(extra_);
}

std::size_t PrintedRecord::size() const {
  return custom_properties_.size() + conversions_.size() + meta_.size() + extra_.size();
}

void MediaRow::define(soci::statement& statement) {
  const auto document = [&](DocumentText& text) {
    statement.exchange(soci::details::into_type_ptr(new JsonInto<DocumentText>(text, nullptr)));
  };
  for (std::string* text :
       {&id_, &owner_type_, &owner_id_, &collection_, &name_, &file_name_, &mime_type_}) {
    statement.exchange(soci::into(*text));
  }
  statement.exchange(soci::into(size_));
  statement.exchange(soci::into(disk_));
  statement.exchange(soci::into(path_));
  statement.exchange(soci::into(position_));
  document(custom_properties_);
  document(conversions_);
  statement.exchange(soci::into(created_at_, has_created_at_));
  statement.exchange(soci::into(updated_at_, has_updated_at_));
  statement.exchange(soci::into(checksum_, has_checksum_));
  statement.exchange(soci::into(width_, has_width_));
  statement.exchange(soci::into(height_, has_height_));
  statement.exchange(soci::into(placeholder_, has_placeholder_));
  document(meta_);
  document(extra_);
}

MediaRecord MediaRow::take() {
  try {
    return read();
  } catch (const Error& error) {
    throw error.with({.attachment = id_});
  }
}

MediaRecord MediaRow::read() {
  MediaRecord record;
  Attachment& attachment = record.attachment;
  record.custom_properties =
      in_column("custom_properties", [&] { return parse_object(custom_properties_.text); });
  attachment.variants = in_column("conversions", [&] { return parse_variants(conversions_.text); });
  attachment.created_at =
      in_column("created_at", [&] { return read_time(created_at_, has_created_at_); });
  record.updated_at =
      in_column("updated_at", [&] { return read_time(updated_at_, has_updated_at_); });
  attachment.meta = in_column("meta", [&] { return parse_object(meta_.text); });
  attachment.extra = in_column("extra", [&] { return parse_object(extra_.text); });
  attachment.id = std::move(id_);
  record.place = {{std::move(owner_type_), std::move(owner_id_)}, std::move(collection_)};
  attachment.name = std::move(name_);
  attachment.file_name = std::move(file_name_);
  attachment.mime_type = std::move(mime_type_);
  attachment.size = size_;
  attachment.disk = std::move(disk_);
  attachment.path = std::move(path_);
  record.position = position_;
  attachment.checksum = text_or_none(checksum_, has_checksum_);
  attachment.width = has_width_ == soci::i_null ? 0 : width_;
  attachment.height = has_height_ == soci::i_null ? 0 : height_;
  attachment.placeholder = text_or_none(placeholder_, has_placeholder_);
  return record;
}

std::string selected_columns(soci::session& sql, const MediaColumns& columns,
                             const std::string& alias) {
  const Dialect& dialect = dialect_of(sql);
  std::string text;
  for (const auto member : media_columns) {
    if (!text.empty()) text += ", ";
    std::string name = alias.empty() ? alias : alias + ".";
    name += dialect.identifier(columns.*member);
    text += is_text(member) ? whole_text(sql, name) : name;
  }
  return text;
}

std::vector<std::string> column_names(const MediaColumns& columns) {
  std::vector<std::string> names;
  for (const auto member : media_columns) names.push_back(columns.*member);
  return names;
}

}  // namespace affix::detail
