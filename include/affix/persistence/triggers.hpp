#pragma once

#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/persistence/column_field.hpp"

namespace affix {

struct TriggerOptions {
  std::vector<ColumnField> fields{};
  std::vector<ColumnListField> list_fields{};
};

/// Strict mode, optional: makes triggers by which an attachment is also given up when its row is
/// deleted, or its column overwritten, by a plain statement or by another program; `reap` removes
/// the files as always. Cascades of foreign keys count as well, except on MySQL and MariaDB, where
/// they fire no triggers: what they delete is found by `verify`.
///
/// What `Transaction` does stays as it is; its `remove` may come before your own statement, after
/// it, or not at all. (After it in a transaction that it has joined, on SQLite, MySQL and MariaDB,
/// only if the statement came after the first of its own calls; else it is a conflict.) A trigger
/// locks the row before the ledger, a `Transaction` the other way round: two that are at the same
/// row may be a deadlock, which the database ends, for one of them, with `Errc::conflict` or an
/// error of SOCI's. A document that a statement moves to another row is given up,
/// as nobody sees that it is the same. One that belongs to another row by its field stays. On
/// Firebird only documents that affix has written are understood.
///
/// What is there is made anew, so it can be called at each start of a program; on MySQL there is
/// none for a moment then. Its user needs the right to make triggers, and whoever writes the table
/// the right to update the ledger.
/// `Errc::invalid_state` inside of a transaction. `Errc::unsupported` without a ledger, and for
/// lists on Firebird: delete and clear these through a `Transaction`. Errors of a field as
/// `ColumnField::check`; else `Errc::database`.
void install_triggers(soci::session& sql, AttachmentManager& files, const TriggerOptions& options);

/// Removes what `install_triggers` has made for these fields; nothing where there is nothing.
void remove_triggers(soci::session& sql, AttachmentManager& files, const TriggerOptions& options);

}  // namespace affix
