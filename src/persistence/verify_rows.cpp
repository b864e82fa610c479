#include <algorithm>

#include "affix/value/id.hpp"
#include "persistence/row_pages.hpp"
#include "persistence/verify.hpp"
#include "storage/hashing_reader.hpp"

// From the rows to the ledger and the disks. A row that names an attachment was committed with the
// ledger's, after its files were there; and files go after both. So a row is read first, then the
// others, and what looks wrong is wrong if the row says the same afterwards.

namespace affix::detail {
namespace {

using OneAttachment = std::optional<Attachment>;

void add_items(const ColumnField& field, const PagedRow<OneAttachment>& row,
               std::vector<RowItem>& items) {
  if (row.value) items.emplace_back(field, RowItem::Holds::one, row.key, *row.value);
}

void add_items(const ColumnField& field, const PagedRow<AttachmentList>& row,
               std::vector<RowItem>& items) {
  for (const Attachment& one : row.value) {
    items.emplace_back(field, RowItem::Holds::list, row.key, one);
  }
}

template <class Value, class Page, class Bad>
void visit_field(soci::session& sql, const ManagerCore& core, const ColumnField& field, Page page,
                 Bad bad) {
  const auto visit = [&](std::span<const PagedRow<Value>> rows) {
    std::vector<RowItem> items;
    for (const auto& row : rows) {
      row.error ? bad(field, row.key) : add_items(field, row, items);
    }
    page(items, rows.size());
  };
  visit_pages<Value>(sql, field, visit, &core);
}

/// The disk and the path that a document names for its original or a variant.
std::pair<std::string, std::string> named_place(const Attachment& attachment,
                                                const std::string& variant) {
  if (variant.empty()) return {attachment.disk, attachment.path};
  const auto found = attachment.variants.find(variant);
  if (found == attachment.variants.end()) return {};
  return {found->second.disk, found->second.path};
}

bool names_path(const Attachment& attachment, const std::string& path) {
  return attachment.path == path || std::ranges::any_of(attachment.variants, [&](const auto& one) {
           return one.second.path == path;
         });
}

/// Whether the finding is still about what the row says by now.
bool still_holds(const Finding& finding, const Attachment& before, const Attachment& now) {
  switch (finding.kind) {
    case FindingKind::unknown:
    case FindingKind::given_up:
      return true;
    case FindingKind::unlisted_variant:
      return !names_path(now, finding.where.key);
    default:
      return named_place(before, finding.where.variant) == named_place(now, finding.where.variant);
  }
}

bool is_whole(std::span<const Finding> found) {
  return std::ranges::all_of(found, [](const Finding& one) {
    return one.kind == FindingKind::unknown || one.kind == FindingKind::unlisted_variant;
  });
}

}  // namespace

RowItem::RowItem(const ColumnField& at, Holds what, const RowKey& row, Attachment found)
    : field(&at),
      holds(what),
      key(row),
      attachment(std::move(found)),
      where(place_of(at, row)),
      slot(slot_of(at, row)) {
  where.disk = attachment.disk;
  where.attachment = attachment.id;
}

RowItem::RowItem(const AttachmentTable& at, const PlacedAttachment& found)
    : key(found.attachment.id),
      table(&at),
      attachment(found.attachment),
      where(found.where),
      slot(found.slot) {
  where.disk = attachment.disk;
  where.attachment = attachment.id;
}

template <class Page, class Bad>
void Verifier::visit_tables(Page page, Bad bad) {
  for (const auto& table : options_.tables) {
    table->each(sql_, [&](std::span<const PlacedAttachment> rows) {
      std::vector<RowItem> items;
      for (const PlacedAttachment& row : rows) {
        row.error ? bad(*row.error) : static_cast<void>(items.emplace_back(*table, row));
      }
      page(items, rows.size());
    });
  }
}

template <class Page, class Bad>
void Verifier::visit_items(Page page, Bad bad) {
  using Holds = RowItem::Holds;
  for (const ColumnField& field : options_.fields) {
    visit_field<OneAttachment>(sql_, core_, field, page,
                               [&](const auto& at, const auto& key) { bad(at, Holds::one, key); });
  }
  for (const ColumnListField& field : options_.list_fields) {
    visit_field<AttachmentList>(
        sql_, core_, field.column, page,
        [&](const auto& at, const auto& key) { bad(at, Holds::list, key); });
  }
}

void Verifier::survey() {
  const auto add = [&](const std::vector<RowItem>& items, std::size_t) {
    for (const RowItem& item : items) ids_.add(item.attachment.id);
  };
  visit_items(add, [](const auto&, auto, const auto&) {});
  visit_tables(add, [](const Error&) {});
  ids_.sort();
}

void Verifier::check_rows() {
  const auto check = [&](const std::vector<RowItem>& items, std::size_t rows) {
    report_.rows += rows;
    report_.attachments += items.size();
    check_items(items);
  };
  visit_items(check, [&](const ColumnField& field, RowItem::Holds holds, const RowKey& key) {
    check_unreadable(field, holds, key);
  });
  visit_tables(check, [&](const Error& error) { report_unreadable(error); });
}

void Verifier::check_items(std::span<const RowItem> items) {
  std::vector<std::string> ids;
  for (const RowItem& item : items) ids.push_back(item.attachment.id);
  std::map<std::string, LedgerRow> rows;
  {
    const OpenedByStatement opened(sql_);
    rows = ledger_.find(ids);
  }
  for (const RowItem& item : items) {
    const auto known = rows.find(item.attachment.id);
    check_item(item, known != rows.end() ? &known->second : nullptr);
    if (ids_.count(item.attachment.id) > 1) aliased_.push_back(item);
  }
}

void Verifier::check_item(const RowItem& item, const LedgerRow* known) {
  std::vector<Finding> found;
  check_ledger_of(item, known, found);
  const auto listed = list_files(item.attachment);
  check_file(item, {}, listed, found);
  for (const auto& [name, variant] : item.attachment.variants) {
    check_file(item, name, listed, found);
  }
  if (known && known->state == LedgerState::live) check_unlisted(item, listed, found);
  if (found.empty()) return;
  const auto now = read_again(item, RowLock::none);
  if (!now) return;
  const bool whole = is_whole(found);
  for (Finding& finding : found) {
    if (!still_holds(finding, item.attachment, *now)) continue;
    finding.repaired = repair_item(item, finding, whole);
    report(std::move(finding));
  }
}

void Verifier::check_ledger_of(const RowItem& item, const LedgerRow* known,
                               std::vector<Finding>& found) {
  if (!known && core_.is_foreign(item.attachment)) return;
  if (!known) return found.push_back({FindingKind::unknown, item.where});
  if (known->state != LedgerState::live) found.push_back({FindingKind::given_up, item.where});
}

void Verifier::check_file(const RowItem& item, const std::string& variant,
                          const std::map<std::string, FileInfo>& listed,
                          std::vector<Finding>& found) {
  ++report_.files;
  const auto [disk_name, path] = named_place(item.attachment, variant);
  Where place = item.where;
  place.disk = disk_name;
  place.key = path;
  place.variant = variant;
  const auto note = [&](FindingKind kind) { found.push_back({kind, place}); };
  try {
    const Key key = core_.locate(item.attachment, variant).key;
    Disk& disk = core_.disk(disk_name);
    const auto in_list = listed.find(path);
    // No listing proves that a file is missing.
    const auto file = in_list != listed.end() ? in_list->second : disk.stat(key);
    if (!file) return note(FindingKind::missing_file);
    const auto& size = variant.empty() ? item.attachment.size
                                       : item.attachment.variants.find(variant)->second.size;
    const auto& sum = variant.empty() ? item.attachment.checksum
                                      : item.attachment.variants.find(variant)->second.checksum;
    if (file->size != size) return note(FindingKind::wrong_size);
    if (options_.checksums == VerifyOptions::Checksums::skip || sum.empty()) return;
    if (read_back(disk, key).checksum != sum) note(FindingKind::wrong_checksum);
  } catch (const Error& error) {
    if (error.code() == Errc::file_not_found) return note(FindingKind::missing_file);
    if (error.code() != Errc::invalid_key && error.code() != Errc::unknown_disk) throw;
    note(FindingKind::wrong_place);
  }
}

void Verifier::check_unlisted(const RowItem& item, const std::map<std::string, FileInfo>& listed,
                              std::vector<Finding>& found) {
  // Of an attachment in two places the other one may name it.
  if (ids_.count(item.attachment.id) > 1) return;
  for (const auto& [path, file] : listed) {
    if (names_path(item.attachment, path) || !is_old(file.modified)) continue;
    const auto owner = files_at(item.attachment.disk, file.key);
    if (!owner || owner->id != item.attachment.id) continue;
    Where place = item.where;
    place.key = path;
    found.push_back({FindingKind::unlisted_variant, place});
  }
}

std::map<std::string, FileInfo> Verifier::list_files(const Attachment& attachment) {
  std::map<std::string, FileInfo> files;
  if (!is_uuid_v7(attachment.id) || !core_.options().disks.contains(attachment.disk)) return files;
  Disk& disk = core_.disk(attachment.disk);
  if (!disk.capabilities().list || !Key::is_valid(attachment.path)) return files;
  const auto own = files_at(attachment.disk, Key::parse(attachment.path));
  if (!own || own->id != attachment.id) return files;
  ListOptions page{.prefix = own->prefix.text() + "/"};
  do {
    const Listing listing = disk.list(page);
    for (const FileInfo& file : listing.files) files.emplace(file.key.text(), file);
    page.cursor = listing.cursor.value_or("");
  } while (!page.cursor.empty());
  return files;
}

template <class Value>
Value Verifier::read(const ColumnField& field, const RowKey& key, RowLock lock) {
  Value value;
  run_at(place_of(field, key), [&] {
    core_.statement("row.read", [&] { value = read_row<Value>(sql_, field, key, lock); });
  });
  return value;
}

void Verifier::check_unreadable(const ColumnField& field, RowItem::Holds holds, const RowKey& key) {
  try {
    const OpenedByStatement opened(sql_);
    holds == RowItem::Holds::one
        ? static_cast<void>(read<OneAttachment>(field, key, RowLock::none))
        : static_cast<void>(read<AttachmentList>(field, key, RowLock::none));
  } catch (const Error& error) {
    if (error.code() == Errc::record_not_found) return;
    report_unreadable(error);
  }
}

void Verifier::report_unreadable(const Error& error) {
  if (error.code() != Errc::invalid_document && error.code() != Errc::newer_format) {
    throw Error(error);
  }
  report({FindingKind::unreadable, error.where()});
}

void Verifier::report_aliases() {
  std::map<std::string, std::vector<const RowItem*>> places;
  for (const RowItem& item : aliased_) {
    if (read_again(item, RowLock::none)) places[item.attachment.id].push_back(&item);
  }
  for (const auto& [id, items] : places) {
    if (items.size() < 2) continue;
    for (const RowItem* item : items) report({FindingKind::alias, item->where});
  }
}

std::optional<Attachment> Verifier::read_table_again(const RowItem& item, RowLock lock) {
  const OpenedByStatement opened(sql_);
  auto found = item.table->find(sql_, std::span(&item.attachment.id, 1), lock);
  if (found.empty()) return std::nullopt;
  return std::move(found.front().attachment);
}

std::optional<Attachment> Verifier::read_again(const RowItem& item, RowLock lock) {
  if (item.table) return read_table_again(item, lock);
  try {
    const OpenedByStatement opened(sql_);
    AttachmentList list;
    if (item.holds == RowItem::Holds::list) {
      list = read<AttachmentList>(*item.field, item.key, lock);
    } else if (auto one = read<OneAttachment>(*item.field, item.key, lock)) {
      list.items.push_back(std::move(*one));
    }
    const auto found = std::ranges::find(list, item.attachment.id, &Attachment::id);
    if (found == list.end()) return std::nullopt;
    return std::move(*found);
  } catch (const Error& error) {
    if (error.code() == Errc::record_not_found || error.code() == Errc::invalid_document) {
      return std::nullopt;
    }
    throw;
  }
}

}  // namespace affix::detail
