#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "affix/persistence/reaper.hpp"
#include "users.hpp"

// What tests of the reaper do with users and their avatars.

namespace affix::tests {

/// `live`, `doomed`, `dead`, or nothing for an id that the ledger does not know.
inline std::string state_of(Users& users, const std::string& id) {
  std::string state;
  users.sql << "select state from affix_ledger where id = :id", soci::use(id), soci::into(state);
  return users.sql.got_data() ? state : "";
}

/// Makes the ledger's rows older by this time of the database's clock.
inline void age(Users& users, std::chrono::milliseconds by) {
  const long long time = by.count();
  users.sql << "update affix_ledger set changed_at = changed_at - :time", soci::use(time);
}

/// Gives a user's avatar up, committed.
inline void give_up(Users& users, int id) {
  Transaction tx(users.sql, users.shop.files);
  tx.clear(user_avatar, id);
  tx.commit();
}

/// An upload that nobody adopts.
inline std::string abandon(Users& users, const std::string& image = "coffee.png") {
  return users.shop.files.create(picture(image)).id();
}

struct Troubles : Observer {
  void cleanup_failed(const CleanupFailedEvent& event) override { ids.emplace_back(event.id); }
  std::vector<std::string> ids;
};

}  // namespace affix::tests
