#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "affix/media/media_schema.hpp"
#include "affix/persistence/column_field.hpp"
#include "affix/persistence/transaction.hpp"

namespace affix {

/// How the rows of a table have one attachment each in the media table: as a collection of theirs.
/// What a `ColumnField` does with a column this does with a record, for the same calls of
/// `Transaction`: to change from one to the other, change the declaration and move the data
/// (`move_to_table`, `move_to_column`). A constant as `ColumnField`, with the same rules for names;
/// used from many threads, each with a session or a transaction of its own.
///
/// The media tables must exist: `ensure_media_schema`. In errors, `where().column` is the
/// collection.
struct MediaField {
  std::string_view table{};       ///< The owners' table.
  std::string_view collection{};  ///< At most 100 characters.
  std::string_view key{};         ///< A unique column of the owners' table.
  NameList variants{};            ///< Presets that a file gets when it is stored for this field.
  std::string_view disk{};        ///< Empty: the default disk.
  NameList accepts{};             ///< Types of content; empty: any.
  std::int64_t max_size = 0;      ///< Bytes; 0: the manager's limit.
  /// In the media table, at most 100 characters. Empty: `table`, as it is written here: spelled
  /// otherwise (`Products`, `main.products`) it is another one.
  std::string_view owner_type{};
  /// Which media tables; null: those of the default names. Must live as long as the field.
  const MediaTables* tables = nullptr;

  /// Reads a row's attachment, in two queries; nothing if it has none. `Errc::record_not_found` if
  /// there is no such row. With more than one record in the collection, which others may have put
  /// there: the first.
  std::optional<Attachment> load(soci::session& sql, const RowKey& key_value) const;

  /// Calls `visit` for every row that has an attachment, in the order of the keys' texts. Two
  /// queries for each row. Rows may come and go meanwhile, and `visit` may use the session.
  void each(soci::session& sql,
            const std::function<void(const RowKey&, const Attachment&)>& visit) const;

  /// What `Transaction::replace` does. A record that other owners share stays theirs.
  Attachment put(Transaction& tx, const RowKey& key_value, Source source,
                 CreateOptions options = {}) const;
  Attachment put(Transaction& tx, const RowKey& key_value, PendingAttachment pending) const;
  /// What `Transaction::clear` does.
  void clear(Transaction& tx, const RowKey& key_value) const;
  /// What `Transaction::ensure_variants` does.
  Attachment ensure_variants(Transaction& tx, const RowKey& key_value,
                             std::vector<std::string> names = {}) const;

  /// As `ColumnField::check`: whether the owners' table has the key, and the media tables are
  /// there.
  void check(soci::session& sql) const;
};

/// How the rows of a table have a list of attachments in the media table:
/// `constexpr MediaListField gallery{{.table = "products", .collection = "gallery", .key = "id"}};`
struct MediaListField {
  MediaField media{};

  /// In their order; empty if there are none. Errors as `MediaField::load`.
  AttachmentList load(soci::session& sql, const RowKey& key_value) const;
  void check(soci::session& sql) const;  ///< As `MediaField::check`.
  /// As `MediaField::each`, for every row with a list that is not empty.
  void each(soci::session& sql,
            const std::function<void(const RowKey&, const AttachmentList&)>& visit) const;

  /// What `Transaction` does under these names. Two who append at the same time wait for each
  /// other.
  Attachment append(Transaction& tx, const RowKey& key_value, Source source,
                    CreateOptions options = {}) const;
  Attachment append(Transaction& tx, const RowKey& key_value, PendingAttachment pending) const;
  void remove(Transaction& tx, const RowKey& key_value, std::string_view id) const;
  void clear(Transaction& tx, const RowKey& key_value) const;
  Attachment ensure_variants(Transaction& tx, const RowKey& key_value, std::string_view id,
                             std::vector<std::string> names = {}) const;
};

}  // namespace affix
