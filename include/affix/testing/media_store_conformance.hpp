#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "affix/media/media_store.hpp"
#include "affix/testing/disk_conformance.hpp"

namespace affix {
class Transaction;
}

namespace affix::testing {

/// What a store is tested with: an empty store, and units of work of its database. `begin` gives
/// a new unit of work each time, on a session of its own (which it may keep alive); it is called
/// from several threads at once.
struct MediaStoreSubject {
  std::shared_ptr<MediaStore> store{};
  std::function<std::shared_ptr<Transaction>()> begin{};
};

/// Runs every case of the contract of `MediaStore` and returns one result for each; throws nothing.
/// `make` gives an empty subject each time it is called. Cases about functions that the store does
/// not have, and about rollbacks of one that is not transactional, are `not_applicable`. Needs no
/// test framework.
std::vector<CaseResult> run_media_store_conformance(const std::function<MediaStoreSubject()>& make);

}  // namespace affix::testing
