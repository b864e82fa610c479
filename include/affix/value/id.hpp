#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "affix/value/clock.hpp"

namespace affix {

/// Makes the ids of attachments. Must be safe to use from several threads.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  /// A text that `is_uuid_v7` and that no other call, in any process, has returned.
  virtual std::string next() = 0;
};

/// UUID version 7 (RFC 9562): 48 bits of milliseconds from `clock`, 74 random bits from the
/// operating system, drawn anew for each id, so that a forked child repeats none. Ids of different
/// milliseconds sort by time. `next` throws `Errc::unsupported` if the system gives no random
/// bytes.
std::shared_ptr<IdGenerator> make_id_generator(std::shared_ptr<const Clock> clock = system_clock());

/// Whether `text` is a UUID of version 7 in the form that affix writes: 36 characters, lower case.
bool is_uuid_v7(std::string_view text) noexcept;

/// Whether `text` may be the id of a stored attachment: 1 to 36 of `[A-Za-z0-9_-]`. The ids that
/// affix makes are UUIDs of version 7; this is wider for files that another system stored.
bool is_attachment_id(std::string_view text) noexcept;

}  // namespace affix
