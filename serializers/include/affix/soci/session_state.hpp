#pragma once

namespace soci {
class session;
}

namespace affix {

/// Whether the session is inside a transaction, whoever began it. Asks the client library, not the
/// server. `Errc::unsupported` for a backend that affix was built without. Part of `affix::soci`:
/// it needs the backends' own headers.
bool in_transaction(soci::session& session);

}  // namespace affix
