#include "affix/import/import_rows.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "affix/persistence/transaction.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/value/json.hpp"
#include "media/media_checks.hpp"
#include "persistence/row_access.hpp"

namespace affix {
namespace {

using OneAttachment = std::optional<Attachment>;

/// Rows that go into a column.
class ColumnTarget {
 public:
  using Row = ImportRow;
  using Value = Attachment;

  ColumnTarget(soci::session& sql, const ColumnField& field) : sql_(sql), field_(field) {}

  Where where(const Row& row) const { return detail::place_of(field_, row.row); }

  std::optional<Value> convert(const Row& row, std::vector<ImportWarning>& warnings) const {
    Imported imported = row.convert();
    if (imported.attachment) static_cast<void>(print(*imported.attachment));  // Or it is refused.
    warnings = std::move(imported.warnings);
    return std::move(imported.attachment);
  }

  /// Whether the field has something, or gets it by a row before.
  bool is_done(const Row& row, const Value*) const {
    return field_.load(sql_, row.row).has_value() || taken_.contains(row.row.text());
  }

  /// The row is going to be written.
  void take(const Row& row, const Value&) { taken_.insert(row.row.text()); }

  /// Calls `write_all` in a transaction, with a function that writes one row.
  template <class WriteAll>
  void commit(WriteAll write_all) const {
    const Where place{.table = std::string(field_.table), .column = std::string(field_.column)};
    detail::run_at(place, [&] {
      detail::in_own_transaction(sql_, [&] {
        write_all([&](const Row& row, const Value& value) { return write(row.row, value); });
      });
    });
  }

 private:
  bool write(const RowKey& key, const Attachment& attachment) const {
    try {
      if (detail::read_row<OneAttachment>(sql_, field_, key, RowLock::wait)) return false;
    } catch (const Error& error) {
      if (error.code() != Errc::record_not_found) throw;
      return false;
    }
    detail::write_row(sql_, field_, key, OneAttachment(attachment));
    return true;
  }

  soci::session& sql_;
  const ColumnField& field_;
  std::set<std::string> taken_;  ///< Keys.
};

/// Rows that go into a media table.
class RecordTarget {
 public:
  using Row = ImportRecord;
  using Value = MediaRecord;

  RecordTarget(soci::session& sql, AttachmentManager& files, MediaStore& store)
      : sql_(sql), files_(files), store_(store) {}

  Where where(const Row& row) const { return {.row = row.row}; }

  std::optional<Value> convert(const Row& row, std::vector<ImportWarning>& warnings) const {
    std::optional<ImportedRecord> imported = row.convert();
    if (!imported) return std::nullopt;
    detail::check_record(imported->record);
    warnings = std::move(imported->warnings);
    return std::move(imported->record);
  }

  /// Whether the place has the record, or gets it by a row before.
  bool is_done(const Row&, const Value* record) const {
    if (record == nullptr) return false;
    if (is_there(*record, nullptr) || placed_.contains(file_of(*record))) return true;
    const std::string& id = record->attachment.id;
    const auto same = places_.find(id);
    if (same == places_.end()) {
      require_new(id, nullptr);
      return false;
    }
    if (same->second != record->place) refuse_elsewhere(id);
    return true;
  }

  /// The record is going to be written.
  void take(const Row&, const Value& record) {
    places_.emplace(record.attachment.id, record.place);
    placed_.insert(file_of(record));
  }

  template <class WriteAll>
  void commit(WriteAll write_all) const {
    Transaction tx(sql_, files_);
    store_.prepare(tx);
    write_all([&](const Row&, const Value& record) { return write(tx, record); });
    tx.commit();
  }

 private:
  bool is_there(const MediaRecord& record, Transaction* tx) const {
    const Attachment& wanted = record.attachment;
    const auto there = store_.list_by_owner(record.place.owner, record.place.collection, tx);
    return std::ranges::any_of(there, [&](const MediaRecord& one) {
      const Attachment& found = one.attachment;
      return found.id == wanted.id || (found.disk == wanted.disk && found.path == wanted.path);
    });
  }

  [[noreturn]] static void refuse_elsewhere(const std::string& id) {
    throw Error(Errc::exists, "Another place has a record of this id already", {.attachment = id});
  }

  /// Refuses a record that another place has.
  void require_new(const std::string& id, Transaction* tx) const {
    if (store_.find(id, tx)) refuse_elsewhere(id);
  }

  bool write(Transaction& tx, const MediaRecord& record) const {
    static_cast<void>(store_.next_position(tx, record.place, 0));  // Locks the place.
    if (is_there(record, &tx)) return false;
    require_new(record.attachment.id, &tx);
    store_.append(tx, {record});
    return true;
  }

  /// A file in a place: owner type, owner id, collection, disk, path.
  using PlacedFile = std::array<std::string, 5>;
  static PlacedFile file_of(const MediaRecord& record) {
    const MediaPlace& place = record.place;
    return {place.owner.type, place.owner.id, place.collection, record.attachment.disk,
            record.attachment.path};
  }

  soci::session& sql_;
  AttachmentManager& files_;
  MediaStore& store_;
  std::map<std::string, MediaPlace> places_;  ///< By the ids of the records.
  std::set<PlacedFile> placed_;
};

template <class Target>
class RowImport {
 public:
  using Row = typename Target::Row;

  RowImport(Target target, const ImportRowsOptions& options)
      : target_(std::move(target)), options_(options) {}

  ImportReport run(std::span<const Row> rows) {
    while (!rows.empty()) {
      const std::size_t count = std::min(options_.rows_of_a_transaction, rows.size());
      take(rows.first(count));
      rows = rows.subspan(count);
    }
    return std::move(report_);
  }

 private:
  struct Prepared {
    const Row& row;
    typename Target::Value value;
    std::vector<ImportWarning> warnings;
  };

  void take(std::span<const Row> rows) {
    std::vector<Prepared> prepared;
    for (const Row& row : rows) {
      ++report_.rows;
      try {
        prepare(row, prepared);
      } catch (const Error& error) {
        if (error.code() == Errc::database) throw;
        fail(error.with(target_.where(row)));
      }
    }
    if (options_.mode == ImportMode::write) return write(prepared);
    for (const Prepared& one : prepared) count(one);
  }

  void prepare(const Row& row, std::vector<Prepared>& prepared) {
    if (target_.is_done(row, nullptr)) {
      ++report_.already_done;
      return;
    }
    std::vector<ImportWarning> warnings;
    auto value = target_.convert(row, warnings);
    if (!value) {
      ++report_.empty;
    } else if (target_.is_done(row, &*value)) {
      ++report_.already_done;
    } else {
      target_.take(row, *value);
      prepared.push_back({row, std::move(*value), std::move(warnings)});
    }
  }

  void count(const Prepared& converted) {
    ++report_.converted;
    for (const ImportWarning& warning : converted.warnings) ++report_.warnings[warning.kind];
  }

  void fail(const Error& error) {
    ++report_.failed;
    if (report_.failures.size() < options_.max_failures) report_.failures.push_back(error);
  }

  /// In one transaction; after an error of one row, in one for each.
  void write(std::span<const Prepared> prepared) {
    try {
      return write_together(prepared);
    } catch (const Error& error) {
      if (error.code() == Errc::conflict) {
        report_.changed += prepared.size();
        return;
      }
      if (!detail::concerns_row(error)) throw;
      if (prepared.size() == 1) return fail(error.with(target_.where(prepared.front().row)));
    }
    for (const Prepared& one : prepared) write({&one, 1});
  }

  void write_together(std::span<const Prepared> prepared) {
    std::vector<const Prepared*> written;
    target_.commit([&](const auto& write_one) {
      for (const Prepared& one : prepared) {
        if (write_one(one.row, one.value)) written.push_back(&one);
      }
    });
    for (const Prepared* one : written) count(*one);
    report_.changed += prepared.size() - written.size();
  }

  Target target_;
  const ImportRowsOptions& options_;
  ImportReport report_;
};

void require_usable(soci::session& sql, const ImportRowsOptions& options) {
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "An import begins its own transactions");
  }
  if (options.rows_of_a_transaction > 0) return;
  throw Error(Errc::invalid_argument, "A transaction needs at least one row",
              {.member = "rows_of_a_transaction"});
}

}  // namespace

ImportReport import_rows(soci::session& sql, const ColumnField& field,
                         std::span<const ImportRow> rows, const ImportRowsOptions& options) {
  require_usable(sql, options);
  return RowImport(ColumnTarget(sql, field), options).run(rows);
}

ImportReport import_rows(soci::session& sql, AttachmentManager& files, MediaStore& store,
                         std::span<const ImportRecord> rows, const ImportRowsOptions& options) {
  require_usable(sql, options);
  return RowImport(RecordTarget(sql, files, store), options).run(rows);
}

}  // namespace affix
