#pragma once

namespace affix {

/// What a transaction sees of those that run at the same time. A database may give more than what
/// is asked for, never less.
enum class IsolationLevel {
  as_is,            ///< What the session and its database are set to.
  read_committed,   ///< Each statement sees what was committed before it.
  repeatable_read,  ///< What was read once stays so until the end.
  serializable,     ///< All come out as if they had run one after the other.
};

/// Whether a transaction may change anything.
enum class Writes { allowed, refused };

}  // namespace affix
