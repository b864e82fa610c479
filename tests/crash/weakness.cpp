#include "weakness.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "affix/testing/faulty_disk.hpp"
#include "manager/manager_core.hpp"

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

void weaken(const std::string& weakness, AttachmentManager& files, soci::session& sql) {
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
    core.around_statement = [](std::string_view name, const std::function<void()>& run) {
      // Time for another writer, between the first reading and the transaction.
      if (name == "transaction.begin") std::this_thread::sleep_for(std::chrono::milliseconds(3));
      if (name != "row.read") run();
    };
  }
}

}  // namespace affix::tests
