#include "weakness.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "affix/testing/faulty_disk.hpp"
#include "manager/manager_core.hpp"
#include "stage.hpp"

namespace affix::tests {
namespace {

constexpr std::array names{"delete-first", "no-marker", "no-fence", "no-lock", "late-put"};

/// Forgets the markers that it is given.
class DiskWithoutMarkers : public testing::FaultyDisk {
 public:
  explicit DiskWithoutMarkers(std::shared_ptr<Disk> disk)
      : FaultyDisk(disk), disk_(std::move(disk)) {}

 private:
  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    if (key.text().find("/pending/") != std::string::npos) {
      read_all(content);
    } else {
      disk_->put(key, content, options);
    }
  }

  std::shared_ptr<Disk> disk_;
};

/// Writes the second half of each file together with the next one.
class LateDisk : public testing::FaultyDisk {
 public:
  explicit LateDisk(std::shared_ptr<Disk> disk) : FaultyDisk(disk), disk_(std::move(disk)) {}

 private:
  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    std::string bytes = read_all(content);
    if (key.is_reserved()) return put(key, bytes, options);
    if (late_ && disk_->exists(late_->key)) {
      put(late_->key, late_->bytes, {.overwrite = Overwrite::allowed});
    }
    put(key, bytes.substr(0, bytes.size() / 2), options);
    late_ = {key, std::move(bytes)};
  }

  void put(const Key& key, const std::string& bytes, const PutOptions& options) {
    disk_->put(key, *make_memory_reader(bytes), options);
  }

  struct Late {
    Key key;
    std::string bytes;
  };
  std::shared_ptr<Disk> disk_;
  std::optional<Late> late_;
};

/// In a unit of work it finds what was found before that.
class StoreWithoutLocks : public MediaStore {
 public:
  explicit StoreWithoutLocks(std::shared_ptr<MediaStore> store) : store_(std::move(store)) {}

  bool is_transactional() const noexcept override { return store_->is_transactional(); }
  void save(Transaction& tx, const MediaRecord& record) override { store_->save(tx, record); }
  std::optional<MediaRecord> find(std::string_view id, Transaction* tx) override {
    if (!tx) found_ = store_->find(id, nullptr);
    return found_;
  }
  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         Transaction* tx) override {
    return store_->list_by_owner(owner, collection, tx);
  }
  bool remove(Transaction& tx, std::string_view id) override { return store_->remove(tx, id); }
  std::int64_t next_position(Transaction& tx, const MediaPlace& place, std::size_t count) override {
    return store_->next_position(tx, place, count);
  }

 private:
  std::shared_ptr<MediaStore> store_;
  std::optional<MediaRecord> found_;
};

/// Removes the files of everything that this session sees as given up.
void remove_doomed(const detail::ManagerCore& core, soci::session& sql) {
  const soci::rowset<std::string> prefixes =
      (sql.prepare << "select prefix from " + core.options().ledger.table +
                          " where state = 'doomed'");
  for (const std::string& prefix : prefixes) core.disk({}).remove_prefix(Key::parse(prefix));
}

}  // namespace

bool is_weakness(const std::string& name) { return std::ranges::find(names, name) != names.end(); }

std::shared_ptr<Disk> weakened_disk(const std::string& weakness, std::shared_ptr<Disk> disk) {
  if (weakness == "no-marker") return std::make_shared<DiskWithoutMarkers>(std::move(disk));
  if (weakness == "late-put") return std::make_shared<LateDisk>(std::move(disk));
  return disk;
}

std::shared_ptr<MediaStore> weakened_store(const std::string& weakness,
                                           std::shared_ptr<MediaStore> store) {
  if (weakness == "no-lock") return std::make_shared<StoreWithoutLocks>(std::move(store));
  return store;
}

void weaken(const Stage& stage, AttachmentManager& files, soci::session& sql) {
  const std::string& weakness = stage.weakness;
  detail::ManagerCore& core = detail::ManagerAccess::core(files);
  if (weakness == "delete-first") {
    core.around_statement = [&](std::string_view name, const std::function<void()>& run) {
      run();
      if (name == "ledger.doom") remove_doomed(core, sql);
    };
  } else if (weakness == "no-fence") {
    core.around_statement = [](std::string_view name, const std::function<void()>& run) {
      if (name != "ledger.fence") run();
    };
  } else if (weakness == "no-lock") {
    const std::string skipped = stage.is_in_table() ? "ledger.lock" : "row.read";
    core.around_statement = [skipped](std::string_view name, const std::function<void()>& run) {
      // Time for another writer, between the first reading and the transaction.
      if (name == "transaction.begin") std::this_thread::sleep_for(std::chrono::milliseconds(3));
      if (name != skipped) run();
    };
  }
}

}  // namespace affix::tests
