#pragma once

#include <set>
#include <string>
#include <vector>

#include "affix/persistence/reaper.hpp"
#include "database.hpp"
#include "support/workshop.hpp"

namespace affix::tests {

/// Whether just the files of these are there, and no marker, after the reaper.
inline bool has_just(Database& db, Workshop& shop, const std::vector<Attachment>& attachments) {
  const ReapResult done = reap(db.sql, shop.files, {.purge_delay = {}, .lease = {}});
  if (done.failed > 0 || done.more) return false;
  std::set<std::string> keys;
  for (const Attachment& one : attachments) {
    keys.insert(one.path);
    for (const auto& [name, variant] : one.variants) keys.insert(variant.path);
  }
  return shop.stored() == keys && shop.markers().empty();
}

}  // namespace affix::tests
