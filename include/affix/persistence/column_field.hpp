#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/row_key.hpp"
#include "affix/value/attachment.hpp"

namespace soci {
class session;
}

namespace affix {

class Transaction;

/// Up to 16 names, usable in constants.
class NameList {
 public:
  constexpr NameList() = default;
  constexpr NameList(std::initializer_list<std::string_view> names) {
    if (names.size() > names_.size()) throw std::length_error("a field takes at most 16 names");
    for (const std::string_view name : names) names_[count_++] = name;
  }
  constexpr const std::string_view* begin() const noexcept { return names_.data(); }
  constexpr const std::string_view* end() const noexcept { return names_.data() + count_; }
  constexpr bool empty() const noexcept { return count_ == 0; }

 private:
  std::array<std::string_view, 16> names_{};
  std::size_t count_ = 0;
};

/// How the rows of a table have one attachment: as JSON in a column of their own. A constant that
/// is declared once and given to the `Transaction` with a row's key. The texts must live as long as
/// the field (literals do). Table, column and key are names, quoted where needed, never SQL.
struct ColumnField {
  std::string_view table{};   ///< May have a schema before a dot.
  std::string_view column{};  ///< Nullable; its type: `Dialect::json_type`.
  std::string_view key{};     ///< A unique column, by which rows are addressed.
  NameList variants{};        ///< Presets that a file gets when it is stored for this field.
  std::string_view disk{};    ///< Empty: the default disk.
  NameList accepts{};         ///< Types of content; empty: any.
  std::int64_t max_size = 0;  ///< Bytes; 0: the manager's limit.

  /// Reads a row's attachment; nothing if the column is NULL. `Errc::record_not_found` if there is
  /// no such row, `Errc::invalid_argument` if several have the key, `Errc::invalid_document` if the
  /// column holds something else, with table, column and row in `where()`.
  std::optional<Attachment> load(soci::session& sql, const RowKey& key_value) const;

  /// Calls `visit` for every row that has an attachment, in the order of the keys. The rows are
  /// read in pages, each by the key after which it starts: rows may come and go meanwhile, and
  /// `visit` may use the session. A document that is no attachment ends it with an `Error` as
  /// `load`.
  void each(soci::session& sql,
            const std::function<void(const RowKey&, const Attachment&)>& visit) const;

  /// `Transaction::replace`, `clear` and `ensure_variants`, for code that takes any
  /// `AttachmentField`.
  Attachment put(Transaction& tx, const RowKey& key_value, Source source,
                 CreateOptions options = {}) const;
  Attachment put(Transaction& tx, const RowKey& key_value, PendingAttachment pending) const;
  void clear(Transaction& tx, const RowKey& key_value) const;
  Attachment ensure_variants(Transaction& tx, const RowKey& key_value,
                             std::vector<std::string> names = {}) const;

  /// Looks into the catalogue whether the table can have this field; for a program's start. Throws
  /// `Errc::invalid_argument` with table and column in `where()` if the table, the column or the
  /// key column is missing, if the column is not nullable, or if its type would refuse, cut or
  /// empty documents; `cause()` says why. Reads no row, and changes and locks nothing.
  void check(soci::session& sql) const;
};

/// How the rows of a table have a list of attachments: as a JSON array in a column of their own; an
/// empty one is NULL. Else as `ColumnField`:
/// `constexpr ColumnListField gallery{{.table = "products", .column = "gallery", .key = "id"}};`
struct ColumnListField {
  ColumnField column{};

  /// Empty if the column is NULL. Errors as `ColumnField::load`.
  AttachmentList load(soci::session& sql, const RowKey& key_value) const;
  void check(soci::session& sql) const { column.check(sql); }  ///< As `ColumnField::check`.
  /// As `ColumnField::each`, for every row with a list that is not empty.
  void each(soci::session& sql,
            const std::function<void(const RowKey&, const AttachmentList&)>& visit) const;

  /// What `Transaction` does under these names, for code that takes any `AttachmentListField`.
  Attachment append(Transaction& tx, const RowKey& key_value, Source source,
                    CreateOptions options = {}) const;
  Attachment append(Transaction& tx, const RowKey& key_value, PendingAttachment pending) const;
  void remove(Transaction& tx, const RowKey& key_value, std::string_view id) const;
  void clear(Transaction& tx, const RowKey& key_value) const;
  Attachment ensure_variants(Transaction& tx, const RowKey& key_value, std::string_view id,
                             std::vector<std::string> names = {}) const;
};

}  // namespace affix
