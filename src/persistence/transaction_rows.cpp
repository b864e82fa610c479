#include <algorithm>

#include "persistence/transaction_work.hpp"

// The steps of a transaction on an owner's row. Locks are taken in one order everywhere: the ledger
// rows of new attachments (when they are adopted), those of old ones, the owner's row.

namespace affix {
namespace {

using detail::changed_meanwhile;
using detail::slot_of;
using OneAttachment = std::optional<Attachment>;

auto find(AttachmentList& list, std::string_view id) {
  return std::ranges::find(list.items, id, &Attachment::id);
}

}  // namespace

OneAttachment Transaction::Work::load(const ColumnField& field, const RowKey& key) {
  OneAttachment found;
  reading([&] { core_.statement("row.load", [&] { found = field.load(sql_, key); }); });
  return found;
}

AttachmentList Transaction::Work::load(const ColumnListField& field, const RowKey& key) {
  AttachmentList found;
  reading([&] { core_.statement("row.load", [&] { found = field.load(sql_, key); }); });
  return found;
}

void Transaction::Work::swap(const ColumnField& field, const RowKey& key,
                             const OneAttachment& expected, const OneAttachment& replacement) {
  on_row(field, key, [&] {
    const auto reason =
        replacement ? RemovedEvent::Reason::replaced : RemovedEvent::Reason::removed;
    if (expected) release(*expected, slot_of(field, key), reason);
    if (!write_if(field, key, expected, replacement)) {
      const OneAttachment current = read_locked(field, key, expected);
      const auto id = [](const OneAttachment& one) { return one ? one->id : ""; };
      if (id(current) != id(expected)) changed_meanwhile();
      write(field, key, replacement);
    }
    if (expected && replacement) replacements_.push_back({*expected, *replacement});
  });
}

void Transaction::Work::append(const ColumnListField& field, const RowKey& key,
                               const Attachment& attachment) {
  on_row(field.column, key, [&] {
    AttachmentList list = read_locked(field.column, key, AttachmentList{});
    list.items.push_back(attachment);
    write(field.column, key, list);
  });
}

void Transaction::Work::take_out(const ColumnListField& field, const RowKey& key,
                                 std::string_view id) {
  AttachmentList expected = load(field, key);
  const auto old = find(expected, id);
  if (old == expected.items.end()) {
    throw Error(Errc::conflict, "The list has no attachment with this id",
                {.attachment = std::string(id)})
        .with(detail::place_of(field.column, key));
  }
  on_row(field.column, key, [&] {
    release(*old, slot_of(field.column, key), RemovedEvent::Reason::removed);
    AttachmentList list = read_locked(field.column, key, expected);
    const auto found = find(list, id);
    if (found == list.items.end()) changed_meanwhile();
    list.items.erase(found);
    write(field.column, key, list);
  });
}

void Transaction::Work::clear(const ColumnListField& field, const RowKey& key) {
  AttachmentList expected = load(field, key);
  if (expected.items.empty()) return;
  std::ranges::sort(expected.items, {}, &Attachment::id);  // The order of locks.
  on_row(field.column, key, [&] {
    for (const Attachment& one : expected.items) {
      release(one, slot_of(field.column, key), RemovedEvent::Reason::removed);
    }
    AttachmentList list = read_locked(field.column, key, expected);
    std::ranges::sort(list.items, {}, &Attachment::id);
    if (!std::ranges::equal(list.items, expected.items, {}, &Attachment::id, &Attachment::id)) {
      changed_meanwhile();
    }
    write(field.column, key, AttachmentList{});
  });
}

}  // namespace affix
