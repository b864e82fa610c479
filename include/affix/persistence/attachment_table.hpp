#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "affix/soci/dialect.hpp"
#include "affix/value/attachment.hpp"
#include "affix/value/error.hpp"

namespace affix {

/// An attachment in a row of a table of attachments.
struct PlacedAttachment {
  Attachment attachment{};
  Where where{};                 ///< The row.
  std::string slot{};            ///< What the ledger calls the place.
  std::optional<Error> error{};  ///< Why the row is no attachment; then there is none.
};

/// A table whose rows are attachments, for `verify` and `reap`, which look through columns
/// otherwise: a media table is one (`make_media_attachments`). Stateless; safe from many threads.
class AttachmentTable {
 public:
  virtual ~AttachmentTable() = default;

  /// Calls `visit` for all rows, page by page. Rows may come and go meanwhile, and `visit` may use
  /// the session.
  virtual void each(soci::session& sql,
                    const std::function<void(std::span<const PlacedAttachment>)>& visit) const = 0;

  /// The rows of these attachments that are there and can be read, in any order. With
  /// `RowLock::wait` they stay locked until the end of the transaction.
  virtual std::vector<PlacedAttachment> find(soci::session& sql, std::span<const std::string> ids,
                                             RowLock lock) const = 0;
};

}  // namespace affix
