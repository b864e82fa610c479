#pragma once

#include <soci/soci.h>

#include <span>
#include <string>
#include <vector>

#include "affix/media/media_record.hpp"
#include "affix/media/media_schema.hpp"
#include "persistence/query.hpp"

namespace affix::detail {

/// A record as its row's columns have it.
class PrintedRecord {
 public:
  /// Checks the record; what has no place in a row is `Errc::invalid_argument`. Its times are `now`
  /// where they are the store's to set. The record must outlive this.
  PrintedRecord(const MediaRecord& record, TimePoint now);

  /// Binds a parameter for each of `media_columns`.
  void bind(Query& query) const;
  /// Bytes of the documents, which are what can be large.
  std::size_t size() const;

 private:
  const MediaRecord& record_;
  std::string custom_properties_;
  std::string conversions_;
  std::string created_at_;
  std::string updated_at_;
  std::string meta_;   ///< Empty: NULL.
  std::string extra_;  ///< Empty: NULL.
};

/// Receives `media_columns`, row by row.
class MediaRow {
 public:
  void define(soci::statement& statement);
  /// The row as a record. `Errc::invalid_document` for what is none. Once for each row.
  MediaRecord take();
  const std::string& id() const { return id_; }
  /// As it is stored.
  const std::string& created_at() const { return created_at_; }

 private:
  MediaRecord read();

  std::string id_, owner_type_, owner_id_, collection_, name_, file_name_, mime_type_, disk_, path_,
      created_at_, updated_at_, checksum_, placeholder_;
  soci::indicator has_created_at_ = soci::i_ok, has_updated_at_ = soci::i_ok,
                  has_checksum_ = soci::i_ok, has_placeholder_ = soci::i_ok,
                  has_width_ = soci::i_ok, has_height_ = soci::i_ok;
  long long size_ = 0, position_ = 0;
  int width_ = 0, height_ = 0;
  DocumentText custom_properties_, conversions_, meta_, extra_;
};

/// `media_columns` for a SELECT: `m.id, m.owner_type, …`, or without an alias `id, owner_type, …`.
std::string selected_columns(soci::session& sql, const MediaColumns& columns,
                             const std::string& alias = {});

/// The names of `media_columns`.
std::vector<std::string> column_names(const MediaColumns& columns);

}  // namespace affix::detail
