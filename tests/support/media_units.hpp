#pragma once

#include <soci/soci.h>

#include <functional>
#include <memory>

#include "affix/persistence/transaction.hpp"
#include "affix/storage/memory_disk.hpp"

namespace affix::tests {

/// A manager of files that nobody stores.
inline std::unique_ptr<AttachmentManager> idle_manager() {
  return std::make_unique<AttachmentManager>(AttachmentManagerOptions{
      .disks = {{"local", make_memory_disk()}}, .ledger = {.mode = LedgerOptions::Mode::off}});
}

/// A unit of work on a session of its own, which `connect` opens.
inline std::shared_ptr<Transaction> begin_unit(const std::function<void(soci::session&)>& connect,
                                               AttachmentManager& files) {
  struct Unit {
    Unit(const std::function<void(soci::session&)>& connect, AttachmentManager& files)
        : tx((connect(sql), sql), files) {}
    soci::session sql;
    Transaction tx;
  };
  const auto unit = std::make_shared<Unit>(connect, files);
  return {unit, &unit->tx};
}

}  // namespace affix::tests
