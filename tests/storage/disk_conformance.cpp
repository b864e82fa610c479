#include "affix/testing/disk_conformance.hpp"

#include <set>

#include "affix/storage/memory_disk.hpp"
#include "affix/storage/subtree_disk.hpp"
#include "affix/testing/faulty_disk.hpp"
#include "catch.hpp"
#include "storage/local_disk_system.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using testing::CaseResult;

namespace {

using DiskFactory = std::function<std::shared_ptr<Disk>()>;

/// Checks that every case passes but those about what the disk cannot do; returns their number.
std::size_t check_conformance(const DiskFactory& make_disk) {
  const auto results = testing::run_disk_conformance(make_disk);
  for (const CaseResult& result : results) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.status != CaseResult::Status::failed);
    const bool about_presigned = result.detail == "presign";
    CHECK((result.status == CaseResult::Status::passed || about_presigned));
  }
  return results.size();
}

/// Local disks, each in a directory of its own.
class LocalDisks {
 public:
  LocalDisks(Durability durability, detail::LocalDiskSystem system)
      : durability_(durability), system_(system) {}

  std::shared_ptr<Disk> operator()() {
    const std::string name = std::to_string(count_++);
    return detail::make_local_disk(
        {.root = directory_->path() / name, .base_url = "/files", .durability = durability_},
        system_);
  }

 private:
  std::shared_ptr<tests::TemporaryDirectory> directory_ =
      std::make_shared<tests::TemporaryDirectory>();
  Durability durability_;
  detail::LocalDiskSystem system_;
  int count_ = 0;
};

std::shared_ptr<Disk> memory_disk() { return make_memory_disk({.base_url = "/files"}); }

}  // namespace

TEST_CASE("[C5][C6][C7] a disk in memory conforms") { CHECK(check_conformance(memory_disk) > 60); }

TEST_CASE("[C5][C6][C7] a local disk conforms") {
  check_conformance(LocalDisks(Durability::full, {}));
}

TEST_CASE("[C5][C6][C7] a local disk that is kill-safe conforms") {
  check_conformance(LocalDisks(Durability::kill_safe, {}));
}

TEST_CASE("[C5][C6][C7] a local disk without openat2 conforms") {
  check_conformance(LocalDisks(Durability::kill_safe, {.resolution = detail::Resolution::walk}));
}

TEST_CASE("[C5][C6][C7] a local disk without unnamed files conforms") {
  check_conformance(LocalDisks(Durability::full, {.staging = detail::Staging::renamed}));
}

TEST_CASE("[C5][C6][C7] a local disk that can only link conforms") {
  check_conformance(LocalDisks(Durability::kill_safe, {.resolution = detail::Resolution::walk,
                                                       .staging = detail::Staging::linked}));
}

TEST_CASE("[C5][C6][C7] a subtree of a disk in memory conforms") {
  check_conformance([] { return make_subtree_disk(memory_disk(), Key::parse("some/tenant")); });
}

TEST_CASE("[C5][C6][C7] a subtree of a local disk conforms") {
  check_conformance([disks = LocalDisks(Durability::kill_safe, {})]() mutable {
    return make_subtree_disk(disks(), Key::parse("tenant"));
  });
}

TEST_CASE("[C5][C6][C7] a faulty disk without faults conforms") {
  check_conformance([] { return std::make_shared<testing::FaultyDisk>(memory_disk()); });
}

TEST_CASE("the names of the conformance cases differ") {
  std::set<std::string> names;
  const auto results = testing::run_disk_conformance(memory_disk);
  for (const CaseResult& result : results) names.insert(result.name);
  CHECK(names.size() == results.size());
}
