#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <affix/media/memory_media_store.hpp>
#include <affix/persistence/transaction.hpp>
#include <affix/storage/memory_disk.hpp>
#include <affix/testing/media_store_conformance.hpp>
#include <iostream>

/// A unit of work, with a session of its own.
struct Unit {
  explicit Unit(affix::AttachmentManager& files) : tx(sql, files) {}

  soci::session sql{soci::sqlite3, ":memory:"};
  affix::Transaction tx;
};

int main() {
  affix::AttachmentManager files({.disks = {{"local", affix::make_memory_disk()}},
                                  .ledger = {.mode = affix::LedgerOptions::Mode::off}});
  const auto begin = [&] {
    const auto unit = std::make_shared<Unit>(files);
    return std::shared_ptr<affix::Transaction>(unit, &unit->tx);
  };
  const auto make = [&] {  // A store of yours, empty, in the place of this one.
    return affix::testing::MediaStoreSubject{affix::make_memory_media_store(), begin};
  };

  using Status = affix::testing::CaseResult::Status;
  int failures = 0;
  for (const auto& result : affix::testing::run_media_store_conformance(make)) {
    if (result.status != Status::failed) continue;
    std::cout << result.name << ": " << result.detail << '\n';
    ++failures;
  }
  return failures;
}
