#pragma once

#include "affix/manager/attachment_manager.hpp"

namespace soci {
class session;
}

namespace affix {

/// Creates what is missing of the ledger's tables (`LedgerOptions`) and stamps the manager's disks
/// as this database's. Call it once when a program starts; what is there already is left as it is,
/// and several processes may do it at the same time.
///
/// `Errc::invalid_state` inside of a transaction, since some databases would commit it, and without
/// a ledger. `Errc::conflict` if the database belongs to another instance or environment, or a disk
/// to another database; see `claim_disk`. Else `Errc::database` and the errors of a disk.
void ensure_schema(soci::session& sql, AttachmentManager& files);

}  // namespace affix
