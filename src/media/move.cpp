#include "affix/media/move.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "affix/soci/session_state.hpp"
#include "media/media_field_row.hpp"
#include "media/media_tables.hpp"
#include "persistence/row_access.hpp"
#include "persistence/row_pages.hpp"

namespace affix {
namespace {

using detail::MediaFieldRow;
using detail::TransactionAccess;
using OneAttachment = std::optional<Attachment>;
using Attachments = std::vector<Attachment>;

constexpr const char* properties_member = "customProperties";

// ---- one attachment, or a list of them ---------------------------------------------------------

Attachments all_of(const OneAttachment& one) { return one ? Attachments{*one} : Attachments{}; }
Attachments all_of(const AttachmentList& list) { return list.items; }

template <class Value>
Value value_of(Attachments attachments) {
  if constexpr (std::is_same_v<Value, AttachmentList>) {
    return AttachmentList{std::move(attachments)};
  } else {
    return std::move(attachments.front());
  }
}

std::vector<std::string> ids_of(const Attachments& attachments) {
  std::vector<std::string> ids;
  for (const Attachment& one : attachments) ids.push_back(one.id);
  std::ranges::sort(ids);  // The order of locks.
  return ids;
}

// ---- a document and a record -------------------------------------------------------------------

MediaRecord record_of(Attachment attachment, const MediaPlace& place) {
  MediaRecord record{.place = place};
  const auto properties = attachment.extra.find(properties_member);
  const bool is_there = properties != attachment.extra.end() && properties->is_object();
  if (is_there && !properties->empty()) {  // Else it stays where it is, and comes back.
    record.custom_properties = std::move(*properties);
    attachment.extra.erase(properties);
  }
  record.attachment = std::move(attachment);
  return record;
}

Attachment document_of(MediaRecord record) {
  if (!record.custom_properties.empty()) {
    record.attachment.extra[properties_member] = std::move(record.custom_properties);
  }
  return std::move(record.attachment);
}

/// A table gives everything a time.
bool is_same(Attachment written, const Attachment& read) {
  if (!written.created_at) written.created_at = read.created_at;
  return written == read;
}

// ---- rows --------------------------------------------------------------------------------------

/// Moves rows in transactions; one that fails is left out of the next try.
template <class Row>
class Mover {
 public:
  /// Moves one row, and returns how many attachments it had.
  using Step = std::function<std::int64_t(Transaction&, const Row&)>;

  Mover(soci::session& sql, AttachmentManager& files, const MoveOptions& options, Step step)
      : sql_(sql), files_(files), options_(options), step_(std::move(step)) {}

  void add_failure(Error error) {
    constexpr std::int64_t failures_to_keep = 100;
    if (report_.failed++ < failures_to_keep) report_.failures.push_back(std::move(error));
  }

  void move(std::span<const Row> rows) {
    const std::size_t most = std::max<std::size_t>(options_.batch, 1);
    for (; !rows.empty(); rows = rows.subspan(std::min(most, rows.size()))) {
      move_batch(rows.first(std::min(most, rows.size())));
      if (options_.after_batch) options_.after_batch(report_);
    }
  }

  MoveReport report() && { return std::move(report_); }

 private:
  void move_batch(std::span<const Row> rows) {
    try {
      return move_together(rows);
    } catch (const Error& error) {
      if (!detail::concerns_row(error)) throw;
      if (rows.size() == 1) return add_failure(error);
    }
    for (const Row& row : rows) move_batch({&row, 1});
  }

  void move_together(std::span<const Row> rows) {
    Transaction tx(sql_, files_);
    std::int64_t moved_rows = 0;
    std::int64_t attachments = 0;
    for (const Row& row : rows) {
      const std::int64_t moved = TransactionAccess::guarded(tx, [&] { return step_(tx, row); });
      moved_rows += moved > 0 ? 1 : 0;
      attachments += moved;
    }
    tx.commit();
    report_.rows += moved_rows;
    report_.attachments += attachments;
  }

  soci::session& sql_;
  AttachmentManager& files_;
  const MoveOptions& options_;
  Step step_;
  MoveReport report_;
};

void check(soci::session& sql, const ColumnField& column, const MediaField& media) {
  if (in_transaction(sql)) {
    throw Error(Errc::invalid_state, "Attachments cannot be moved inside of a transaction");
  }
  column.check(sql);
  media.check(sql);
  if (column.table != media.table || column.key != media.key) {
    throw Error(Errc::invalid_argument, "The fields are of different tables",
                {.table = std::string(media.table), .column = std::string(media.collection)});
  }
}

[[noreturn]] void refuse_occupied() {
  throw Error(Errc::exists, "The row has an attachment there already");
}

[[noreturn]] void refuse_changed() {
  throw Error(Errc::conflict, "Somebody else is changing the field");
}

[[noreturn]] void refuse_difference() {
  throw Error(Errc::invalid_argument, "The database gives the attachment back differently");
}

// ---- to the table ------------------------------------------------------------------------------

template <class Value>
std::int64_t row_to_table(Transaction& tx, const ColumnField& from, const MediaField& to,
                          const RowKey& key, const Value& before) {
  soci::session& sql = tx.session();
  const MediaFieldRow target(sql, to, key);
  const auto there = target.lock_place(tx);
  if (std::is_same_v<Value, OneAttachment> && !there.empty()) refuse_occupied();
  for (const std::string& id : ids_of(all_of(before))) {
    TransactionAccess::move(tx, id, detail::slot_of(from, key), detail::media_slot(id));
    if (target.store().find(id, &tx)) refuse_occupied();
  }
  Attachments attachments = all_of(detail::read_row<Value>(sql, from, key, RowLock::wait));
  if (ids_of(attachments) != ids_of(all_of(before))) refuse_changed();
  std::vector<MediaRecord> records;
  for (const Attachment& one : attachments) records.push_back(record_of(one, target.place()));
  records = target.store().append(tx, std::move(records));
  detail::write_row(sql, from, key, Value{});

  auto read = target.lock_place(tx);
  if (read.size() != there.size() + records.size()) refuse_difference();
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    if (!is_same(attachments[i], document_of(std::move(read[there.size() + i])))) {
      refuse_difference();
    }
  }
  return static_cast<std::int64_t>(attachments.size());
}

template <class Value>
MoveReport to_table(soci::session& sql, AttachmentManager& files, const ColumnField& from,
                    const MediaField& to, const MoveOptions& options) {
  check(sql, from, to);
  using Row = detail::PagedRow<Value>;
  Mover<Row> mover(sql, files, options, [&](Transaction& tx, const Row& row) {
    return detail::run_at(detail::place_of(from, row.key),
                          [&] { return row_to_table<Value>(tx, from, to, row.key, row.value); });
  });
  detail::visit_pages<Value>(sql, from, [&](std::span<const Row> page) {
    std::vector<Row> rows;
    for (const Row& row : page) {
      if (row.error) {
        mover.add_failure(row.error->with(detail::place_of(from, row.key)));
      } else if (!all_of(row.value).empty()) {
        rows.push_back(row);
      }
    }
    mover.move(rows);
  });
  return std::move(mover).report();
}

// ---- to the column -----------------------------------------------------------------------------

[[noreturn]] void refuse_ownerless() {
  throw Error(Errc::record_not_found, "No row has the key of the record's owner");
}

/// A column's file belongs to its row alone.
void refuse_shared(Transaction& tx, const MediaFieldRow& row, const std::string& id) {
  auto links = row.store().links(id, &tx);
  std::erase_if(links, [](const MediaLink& link) { return link.place == MediaPlace{}; });
  if (links.size() == 1 && links.front().place == row.place()) return;
  throw Error(Errc::conflict, "The record is shared, and a column's file belongs to one row",
              {.attachment = id});
}

template <class Value>
std::int64_t row_to_column(Transaction& tx, const MediaField& from, const ColumnField& to,
                           const detail::FieldOwner& owner) {
  soci::session& sql = tx.session();
  if (!owner.row) refuse_ownerless();
  const RowKey& key = *owner.row;
  const MediaFieldRow source(sql, from, key);
  if (source.place().owner.id != owner.id) refuse_ownerless();
  Attachments attachments;
  for (MediaRecord& record : source.lock_place(tx)) {
    attachments.push_back(document_of(std::move(record)));
  }
  if (attachments.empty()) return 0;
  if (std::is_same_v<Value, OneAttachment> && attachments.size() > 1) {
    throw Error(Errc::conflict, "The row has more than one record, and the column takes one");
  }
  const std::vector<std::string> ids = ids_of(attachments);
  for (const std::string& id : ids) {
    TransactionAccess::move(tx, id, detail::media_slot(id), detail::slot_of(to, key));
    refuse_shared(tx, source, id);
  }
  if (!all_of(detail::read_row<Value>(sql, to, key, RowLock::wait)).empty()) refuse_occupied();
  const auto count = static_cast<std::int64_t>(attachments.size());
  const Value value = value_of<Value>(std::move(attachments));
  detail::write_row(sql, to, key, value);
  for (const std::string& id : ids) source.store().remove(tx, id);
  if (detail::read_row<Value>(sql, to, key, RowLock::wait) != value) refuse_difference();
  return count;
}

template <class Value>
MoveReport to_column(soci::session& sql, AttachmentManager& files, const MediaField& from,
                     const ColumnField& to, const MoveOptions& options) {
  check(sql, to, from);
  using detail::FieldOwner;
  Mover<FieldOwner> mover(sql, files, options, [&](Transaction& tx, const FieldOwner& owner) {
    return detail::run_at(detail::place_of(to, owner.id),
                          [&] { return row_to_column<Value>(tx, from, to, owner); });
  });
  detail::visit_media_owners(sql, from,
                             [&](std::span<const FieldOwner> owners) { mover.move(owners); });
  return std::move(mover).report();
}

}  // namespace

MoveReport move_to_table(soci::session& sql, AttachmentManager& files, const ColumnField& from,
                         const MediaField& to, const MoveOptions& options) {
  return to_table<OneAttachment>(sql, files, from, to, options);
}

MoveReport move_to_table(soci::session& sql, AttachmentManager& files, const ColumnListField& from,
                         const MediaListField& to, const MoveOptions& options) {
  return to_table<AttachmentList>(sql, files, from.column, to.media, options);
}

MoveReport move_to_column(soci::session& sql, AttachmentManager& files, const MediaField& from,
                          const ColumnField& to, const MoveOptions& options) {
  return to_column<OneAttachment>(sql, files, from, to, options);
}

MoveReport move_to_column(soci::session& sql, AttachmentManager& files, const MediaListField& from,
                          const ColumnListField& to, const MoveOptions& options) {
  return to_column<AttachmentList>(sql, files, from.media, to.column, options);
}

}  // namespace affix
