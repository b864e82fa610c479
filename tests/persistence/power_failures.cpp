#include <filesystem>
#include <fstream>

#include "affix/storage/checksum.hpp"
#include "affix/testing/power_loss_disk.hpp"
#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "support/campaign.hpp"
#include "users.hpp"

// The power fails at every moment of an operation. Of the disk is left what it has synced, and any
// part of the rest. The database may have lost what it committed last, up to the last commit that
// it had been made to write: as one that answers before it writes.

using namespace affix;
using namespace affix::tests;
namespace fs = std::filesystem;

namespace {

constexpr ColumnField note{.table = "users", .column = "avatar", .key = "id"};

Source text(const std::string& content) { return Source::from_memory(content, "note.txt"); }

/// The database after one of its commits.
struct Version {
  std::size_t moment = 0;  ///< Of the disk, when it was committed.
  bool durable = false;    ///< Whether that commit was written with everything before it.
  fs::path file{};
};

void open_database(soci::session& sql, const fs::path& file) {
  sql.open(soci::sqlite3, "db=\"" + file.string() + "\"");
}

AttachmentManagerOptions options(std::shared_ptr<Disk> disk,
                                 std::shared_ptr<testing::ManualClock> clock) {
  return {.disks = {{"local", std::move(disk)}}, .clock = std::move(clock)};
}

/// An application whose machine can lose its power.
class Machine {
 public:
  Machine() : power_({.root = directory_.path() / "root"}), files(options(power_.disk(), clock_)) {
    open_database(sql, directory_.path() / "users.db");
    sql << "create table users(id integer primary key, name varchar(100), avatar text)";
    ensure_schema(sql, files);
    Transaction tx(sql, files);
    insert(1, tx.create(text("first")));
    tx.commit();
    reap(sql, files);
    keep(true);
    detail::ManagerAccess::core(files).around_statement = [this](std::string_view name,
                                                                 const auto& run) {
      run();
      const bool durable =
          name == "meta.count_up" || name == "ledger.fence" || name == "ledger.claim";
      if (durable || name == "transaction.commit" || name == "ledger.change" ||
          name == "ledger.forget") {
        keep(durable);
      }
    };
    start_ = power_.moments();
  }

  void insert(int id, const std::optional<Attachment>& avatar) {
    sql << "insert into users(id, avatar) values(:id, :avatar)", soci::use(id), soci::use(avatar);
  }

  /// Looks at what each failure may leave, and returns how many states there were and in how many
  /// of them a promise is broken.
  std::pair<int, int> fail_everywhere() {
    std::pair<int, int> result{0, 0};
    for (std::size_t moment = start_; moment <= power_.moments(); ++moment) {
      for (const Version& version : possible(moment)) {
        for (int kind = 0; kind < rounds(20, 500); ++kind) {
          const std::optional<bool> good = survives(moment, version, kind);
          if (!good) continue;
          ++result.first;
          result.second += *good ? 0 : 1;
        }
      }
    }
    return result;
  }

  void remove_files_of(const Attachment& attachment) {
    power_.disk()->remove_prefix(Key::parse("attachments/" + attachment.id));
  }

  soci::session sql;

 private:
  void keep(bool durable) {
    const fs::path file =
        directory_.path() / ("version" + std::to_string(versions_.size()) + ".db");
    fs::copy_file(directory_.path() / "users.db", file);
    versions_.push_back({power_.moments(), durable, file});
  }

  std::vector<Version> possible(std::size_t moment) const {
    std::size_t first = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < versions_.size(); ++i) {
      if (versions_[i].moment <= moment) last = i;
      if (versions_[i].durable && versions_[i].moment < moment) first = i;
    }
    return {versions_.begin() + static_cast<std::ptrdiff_t>(first),
            versions_.begin() + static_cast<std::ptrdiff_t>(last) + 1};
  }

  /// Nothing for a state that was looked at before.
  std::optional<bool> survives(std::size_t moment, const Version& version, int kind) {
    const TemporaryDirectory left;
    auto choices = kind == 0   ? testing::PowerLossChoices()
                   : kind == 1 ? testing::PowerLossChoices::keep_everything()
                               : testing::PowerLossChoices::at_random(moment * 1000 + kind);
    power_.restore(moment, choices, left.path() / "root");
    const auto disk = make_local_disk({.root = left.path() / "root"});
    std::string state = version.file.string();
    for (const auto& [key, size] : everything_on(*disk)) state += key + checksum_of(*disk, key);
    if (!seen_.insert(state).second) return std::nullopt;
    fs::copy_file(version.file, left.path() / "users.db");
    return is_whole(*disk, left.path() / "users.db", disk);
  }

  bool is_whole(Disk& disk, const fs::path& database, const std::shared_ptr<Disk>& shared) {
    soci::session left;
    open_database(left, database);
    left << "pragma synchronous = 0";
    const auto clock = std::make_shared<testing::ManualClock>();
    clock->advance(std::chrono::hours(25));
    AttachmentManager manager(options(shared, clock));
    std::set<std::string> referenced;
    bool whole = true;
    note.each(left, [&](const RowKey&, const Attachment& attachment) {
      referenced.insert(attachment.path);
      const auto info = disk.stat(Key::parse(attachment.path));
      whole = whole && info && checksum_of(disk, attachment.path) == attachment.checksum;
    });
    reap(left, manager, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
    return whole && files_on(disk) == referenced && markers_on(disk).empty();
  }

  static std::string checksum_of(Disk& disk, const std::string& key) {
    const std::string bytes = read_all(*disk.open(Key::parse(key)));
    return checksum(std::as_bytes(std::span(bytes)));
  }

  TemporaryDirectory directory_;
  testing::PowerLossDisk power_;
  std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  std::vector<Version> versions_;
  std::set<std::string> seen_;
  std::size_t start_ = 0;

 public:
  AttachmentManager files;
};

void reap_all(Machine& machine) {
  reap(machine.sql, machine.files, {.purge_delay = {}, .tombstone_ttl = {}, .lease = {}});
}

using Operation = void (*)(Machine&);

void create_row(Machine& machine) {
  Transaction tx(machine.sql, machine.files);
  machine.insert(2, tx.create(text("second")));
  tx.commit();
}

void replace(Machine& machine) {
  Transaction tx(machine.sql, machine.files);
  tx.replace(note, 1, text("second"));
  tx.commit();
}

void replace_twice(Machine& machine) {
  replace(machine);
  replace(machine);
}

void roll_back(Machine& machine) {
  Transaction tx(machine.sql, machine.files);
  tx.replace(note, 1, text("second"));
  tx.rollback();
}

void delete_row(Machine& machine) {
  Transaction tx(machine.sql, machine.files);
  tx.remove(note.load(machine.sql, 1));
  machine.sql << "delete from users where id = 1";
  tx.commit();
}

void abandon(Machine& machine) { static_cast<void>(machine.files.create(text("nobody's"))); }

/// What other libraries do: the old file goes as soon as the commit has returned.
void remove_eagerly(Machine& machine) {
  Transaction tx(machine.sql, machine.files);
  const auto old = note.load(machine.sql, 1);
  tx.replace(note, 1, text("second"));
  tx.after_commit([&machine, old] { machine.remove_files_of(*old); });
  tx.commit();
}

}  // namespace

TEST_CASE("whenever the power fails, rows and files are whole and nothing is left behind") {
  const auto [name, operation] = GENERATE(table<std::string, Operation>({
      {"create", &create_row},
      {"replace", &replace},
      {"replace twice", &replace_twice},
      {"roll back", &roll_back},
      {"delete", &delete_row},
      {"abandon an upload", &abandon},
  }));
  Machine machine;
  operation(machine);
  reap_all(machine);
  const auto [states, damaged] = machine.fail_everywhere();
  WARN(name << ": " << states << " states after a power failure, damaged: " << damaged);
  CHECK(states >= 3);
  CHECK(damaged == 0);
}

TEST_CASE("removing at once what a commit gave up is damage after a power failure") {
  Machine machine;
  remove_eagerly(machine);
  CHECK(machine.fail_everywhere().second > 0);
}
