#include "check.hpp"

#include <thread>

#include "affix/persistence/reaper.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/storage/checksum.hpp"
#include "affix/storage/local_disk.hpp"
#include "support/disk_contents.hpp"

namespace affix::tests {
namespace {

constexpr std::string_view variants_folder = "variants";

/// `…/<id>/<file>` or `…/<id>/variants/<file>`.
std::string id_of(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.filename() == variants_folder) folder = folder.parent_path();
  return folder.filename().string();
}

bool is_variant(const std::string& path) {
  return std::filesystem::path(path).parent_path().filename() == variants_folder;
}

}  // namespace

Checker::Checker(const Stage& stage, soci::session& sql)
    : stage_(stage), sql_(sql), files_(stage.options(Stage::hostile)) {}

void Checker::check(const History& history) {
  const Snapshot now = read();
  check_files(now);
  check_ledger(now);
  check_attribution(now);
  check_history(now, history);
}

Checker::Snapshot Checker::read() {
  Snapshot now;
  std::map<int, std::optional<Attachment>> avatars;
  std::map<int, AttachmentList> galleries;
  const auto number = [](const RowKey& row) { return std::stoi(row.text()); };
  stage_.with_fields([&](const auto& avatar, const auto& gallery) {
    avatar.each(sql_, [&](const RowKey& row, const Attachment& one) {
      avatars[number(row)] = one;
      add(now, row, one);
    });
    gallery.each(sql_, [&](const RowKey& row, const AttachmentList& list) {
      galleries[number(row)] = list;
      for (const Attachment& one : list) add(now, row, one);
    });
  });
  for (int row = 1; row <= Stage::row_count; ++row) {
    now.contents[row] = contents(avatars[row], galleries[row]);
    if (now.contents[row] != contents({}, {})) ++findings_.rows_checked;
  }
  {
    const soci::rowset<soci::row> ledger =
        (sql_.prepare << "select id, state from " + stage_.ledger.table);
    for (const soci::row& one : ledger) {
      now.states[one.get<std::string>(0)] = one.get<std::string>(1);
    }
  }
  if (in_transaction(sql_)) sql_.commit();
  return now;
}

void Checker::add(Snapshot& snapshot, const RowKey& row, const Attachment& attachment) {
  const bool is_new = snapshot.attachments.emplace(attachment.id, attachment).second;
  if (!is_new && !stage_.is_in_table()) {  // In the table they are shared.
    findings_.lost.push_back("row " + row.text() + " has what another has, " + attachment.id);
  }
}

void Checker::check_files(const Snapshot& snapshot) {
  for (const auto& [id, attachment] : snapshot.attachments) {
    check_file(attachment.path, attachment.size, attachment.checksum);
    for (const auto& [name, variant] : attachment.variants) {
      check_file(variant.path, variant.size, variant.checksum);
    }
  }
}

void Checker::check_file(const std::string& path, std::int64_t size, const std::string& sum) {
  ++findings_.files_checked;
  try {
    const auto reader = files_.disks().get().open(Key::parse(path));
    const std::string bytes = read_all(*reader);
    if (static_cast<std::int64_t>(bytes.size()) != size || checksum(as_bytes(bytes)) != sum) {
      findings_.torn.push_back(path);
    }
  } catch (const Error& error) {
    if (error.code() != Errc::file_not_found) throw;
    findings_.dangling.push_back(path);
  }
}

void Checker::check_ledger(const Snapshot& snapshot) {
  for (const auto& [id, attachment] : snapshot.attachments) {
    const auto known = snapshot.states.find(id);
    const std::string state = known == snapshot.states.end() ? "unknown" : known->second;
    if (state != "live") findings_.lost.push_back("a row has " + id + ", which is " + state);
  }
  for (const auto& [id, state] : snapshot.states) {
    if (state == "live" && !snapshot.attachments.contains(id)) {
      findings_.lost.push_back("no row has " + id + ", which is live");
    }
  }
}

void Checker::check_attribution(const Snapshot& snapshot) {
  Disk& disk = files_.disks().get();
  const std::set<std::string> marked = markers_on(disk);
  for (const std::string& path : files_on(disk)) {
    const std::string id = id_of(path);
    if (!marked.contains(id) && !snapshot.states.contains(id)) {
      findings_.orphans.push_back("nobody knows " + path);
    }
  }
}

long long Checker::generation(int row) {
  long long found = 0;
  sql_ << "select generation from " + stage_.counters + " where id = :id", soci::use(row),
      soci::into(found);
  if (in_transaction(sql_)) sql_.commit();
  return found;
}

void Checker::check_history(const Snapshot& snapshot, const History& history) {
  for (const auto& [row, known] : history.last()) {
    const long long found = generation(row);
    const std::string which =
        "row " + std::to_string(row) + " of generation " + std::to_string(found);
    if (found < known) findings_.lost.push_back(which + " was of " + std::to_string(known));
    if (found != known) continue;
    const Contents& now = snapshot.contents.at(row);
    for (const auto& [field, ids] : history.expected(row)) {
      if (now.at(field) == ids) continue;
      findings_.lost.push_back(which + " has '" + now.at(field) + "' as " + field +
                               " instead of '" + ids + "'");
    }
  }
  for (const std::string& twice : history.twice) findings_.lost.push_back(twice + ", twice");
}

void Checker::clean_up() {
  std::this_thread::sleep_for(2 * Stage::hostile);  // Now all that is pending is too old.
  ReapResult done;
  do {
    done = reap(sql_, files_, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
    if (done.failed > 0) throw std::runtime_error("the reaper could not remove something");
  } while (done.more);
  const Snapshot now = read();
  Disk& disk = files_.disks().get();
  std::set<std::string> expected;
  for (const auto& [id, attachment] : now.attachments) {
    expected.insert(attachment.path);
    for (const auto& [name, variant] : attachment.variants) expected.insert(variant.path);
  }
  for (const std::string& path : files_on(disk)) {
    if (expected.contains(path)) continue;
    if (is_variant(path) && now.attachments.contains(id_of(path))) {
      ++findings_.unlisted;
    } else {
      findings_.orphans.push_back("the reaper leaves " + path);
    }
  }
  for (const std::string& id : markers_on(disk)) {
    findings_.orphans.push_back("the reaper leaves the marker of " + id);
  }
}

}  // namespace affix::tests
