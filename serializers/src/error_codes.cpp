#include "backend.hpp"

namespace affix::detail {
namespace {

struct State {
  std::string_view prefix;
  DatabaseError meaning;
};

/// The first that fits counts.
constexpr State states[] = {
    {"23505", DatabaseError::unique},          {"23000", DatabaseError::constraint},
    {"23", DatabaseError::constraint},         {"22001", DatabaseError::too_large},
    {"54", DatabaseError::too_large},          {"40002", DatabaseError::constraint},
    {"40003", DatabaseError::other},           {"40", DatabaseError::conflict},
    {"55P03", DatabaseError::lock_timeout},    {"57014", DatabaseError::lock_timeout},
    {"HYT00", DatabaseError::lock_timeout},    {"25P02", DatabaseError::aborted},
    {"42P01", DatabaseError::missing_object},  {"42703", DatabaseError::missing_object},
    {"42S02", DatabaseError::missing_object},  {"42S22", DatabaseError::missing_object},
    {"08", DatabaseError::connection_lost},    {"57P0", DatabaseError::connection_lost},
    {"HYT01", DatabaseError::connection_lost},
};

}  // namespace

DatabaseError from_sqlstate(std::string_view state) noexcept {
  for (const State& one : states) {
    if (state.starts_with(one.prefix)) return one.meaning;
  }
  return DatabaseError::other;
}

DatabaseError from_sqlite_code(int code, std::string_view message) noexcept {
  const auto says = [&](std::string_view word) {
    return message.find(word) != std::string_view::npos;
  };
  switch (code & 0xff) {
    case 5:  // SQLITE_BUSY
    case 6:  // SQLITE_LOCKED
      return DatabaseError::lock_timeout;
    case 18:  // SQLITE_TOOBIG
      return DatabaseError::too_large;
    case 19:  // SQLITE_CONSTRAINT; SOCI does not give the extended code.
      return says("UNIQUE constraint failed: ") ? DatabaseError::unique : DatabaseError::constraint;
    case 1:  // SQLITE_ERROR
      return says("no such table") || says("no such column") || says("no column named")
                 ? DatabaseError::missing_object
                 : DatabaseError::other;
    default:
      return DatabaseError::other;
  }
}

DatabaseError from_mysql_code(unsigned code) noexcept {
  switch (code) {
    case 1062:
    case 1586:
      return DatabaseError::unique;
    case 1048:
    case 1216:
    case 1217:
    case 1364:
    case 1451:
    case 1452:
    case 3819:
    case 4025:
      return DatabaseError::constraint;
    case 1213:  // Deadlock.
    case 1020:  // The record has changed since it was read.
      return DatabaseError::conflict;
    case 1205:
      return DatabaseError::lock_timeout;
    case 1153:  // A packet over max_allowed_packet.
    case 1406:
      return DatabaseError::too_large;
    case 1051:
    case 1054:
    case 1091:
    case 1146:
      return DatabaseError::missing_object;
    case 1053:
    case 1927:
    case 2002:
    case 2003:
    case 2006:
    case 2013:
    case 2055:
      return DatabaseError::connection_lost;
    default:
      return DatabaseError::other;
  }
}

}  // namespace affix::detail
