#pragma once

#include "affix/testing/media_store_conformance.hpp"
#include "support/media_units.hpp"

namespace affix::tests {

/// A unit of work of an empty database in memory, for stores that do not use it.
inline std::shared_ptr<Transaction> memory_unit() {
  static const auto files = idle_manager();
  return begin_unit([](soci::session& sql) { sql.open("sqlite3", ":memory:"); }, *files);
}

inline testing::MediaStoreSubject in_memory(std::shared_ptr<MediaStore> store) {
  return {std::move(store), memory_unit};
}

}  // namespace affix::tests
