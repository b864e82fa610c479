#include <algorithm>

#include "affix/soci/session_state.hpp"
#include "persistence/query.hpp"
#include "persistence/verify.hpp"

// From the ledger to the rows, and from the disks to the ledger. A new attachment is under a marker
// before its first file is there, and in the ledger before the marker goes; and files go before the
// marker. So files are listed first, then markers are looked for, then the ledger is read.

namespace affix::detail {
namespace {

constexpr std::size_t rows_of_a_page = 500;
constexpr std::size_t ids_of_a_batch = 50;

}  // namespace

void Verifier::check_ledger() {
  std::string after;
  while (true) {
    const std::vector<LedgerRow> rows = live_rows(after);
    report_.in_ledger += rows.size();
    std::vector<LedgerRow> suspects;
    for (const LedgerRow& row : rows) {
      if (ids_.count(row.files.id) == 0) suspects.push_back(row);
    }
    for (std::size_t i = 0; i < suspects.size(); i += ids_of_a_batch) {
      const std::size_t count = std::min(ids_of_a_batch, suspects.size() - i);
      check_unreferenced(std::span(suspects).subspan(i, count));
    }
    if (rows.size() < rows_of_a_page) return;
    after = rows.back().files.id;
  }
}

std::vector<LedgerRow> Verifier::live_rows(const std::string& after) {
  const OpenedByStatement opened(sql_);
  Query query(sql_, "select " + std::string(ledger_columns) + " from " + table_ +
                        " where state = 'live' and id > :p0 order by id" +
                        dialect_.page(rows_of_a_page, 0));
  query.bind(after.empty() ? std::string("0") : after);
  return ledger_rows(core_, "ledger.live", query);
}

void Verifier::check_unreferenced(std::span<const LedgerRow> rows) {
  std::vector<std::string> ids;
  for (const LedgerRow& row : rows) ids.push_back(row.files.id);
  const auto used = find_references(sql_, core_, ids, Places(options_));
  std::map<std::string, LedgerRow> still;
  {
    const OpenedByStatement opened(sql_);
    still = ledger_.find(ids);
  }
  for (const LedgerRow& row : rows) {
    const auto now = still.find(row.files.id);
    const bool live = now != still.end() && now->second.state == LedgerState::live;
    if (used.contains(row.files.id) || !live) continue;
    Finding finding{
        FindingKind::unreferenced,
        {.disk = row.files.disk, .key = row.files.prefix.text(), .attachment = row.files.id}};
    finding.repaired = give_up(now->second);
    report(std::move(finding));
  }
}

bool Verifier::is_searchable(Disk& disk) const {
  if (!disk.capabilities().list) return false;
  ListOptions page{.prefix = ".affix/", .delimiter = "/"};
  const std::string own = core_.own_folder().text() + "/";
  do {
    const Listing listing = disk.list(page);
    for (const std::string& folder : listing.prefixes) {
      if (folder != own && disk.exists(Key::parse(folder + "token"))) return false;
    }
    page.cursor = listing.cursor.value_or("");
  } while (!page.cursor.empty());
  return true;
}

void Verifier::check_disk(const std::string& name) {
  Disk& disk = core_.disk(name);
  if (!is_searchable(disk)) return report_.unsearched_disks.push_back(name);
  std::vector<DiskItem> items;  // The last one may go on with the next page.
  ListOptions page{.prefix = core_.options().key_prefix + "/"};
  do {
    const Listing listing = disk.list(page);
    for (const FileInfo& file : listing.files) {
      auto owner = files_at(name, file.key);
      if (!owner) continue;
      if (items.empty() || items.back().files.prefix != owner->prefix) {
        if (items.size() >= ids_of_a_batch) {
          check_listed(items);
          items.clear();
        }
        items.push_back({std::move(*owner), file.modified});
      }
      items.back().modified = std::max(items.back().modified, file.modified);
    }
    page.cursor = listing.cursor.value_or("");
  } while (!page.cursor.empty());
  check_listed(items);
}

bool Verifier::is_known(const DiskItem& item, const std::map<std::string, LedgerRow>& rows) const {
  const auto found = rows.find(item.files.id);
  return found != rows.end() && found->second.files == item.files;
}

void Verifier::check_listed(std::span<const DiskItem> items) {
  report_.on_disk += items.size();
  std::vector<std::string> ids;
  for (const DiskItem& item : items) ids.push_back(item.files.id);
  std::map<std::string, LedgerRow> rows;
  {
    const OpenedByStatement opened(sql_);
    rows = ledger_.find(ids);
  }
  for (const DiskItem& item : items) {
    if (is_known(item, rows) || !is_orphan(item)) continue;
    Finding finding{
        FindingKind::orphan,
        {.disk = item.files.disk, .key = item.files.prefix.text(), .attachment = item.files.id}};
    finding.repaired = remove_orphan(item);
    report(std::move(finding));
  }
}

bool Verifier::is_orphan(const DiskItem& item) {
  if (ids_.count(item.files.id) > 0) return false;  // Its row has been reported.
  Disk& disk = core_.disk(item.files.disk);
  if (disk.exists(core_.marker(item.files))) return false;
  {
    const OpenedByStatement opened(sql_);
    if (is_known(item, ledger_.find(std::span(&item.files.id, 1)))) return false;
  }
  return !disk.list({.prefix = item.files.prefix.text() + "/", .limit = 1}).files.empty();
}

}  // namespace affix::detail
