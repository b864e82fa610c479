#pragma once

#include <memory>

#include "affix/media/media_schema.hpp"
#include "affix/persistence/attachment_table.hpp"

namespace affix {

/// The media table as `verify` and `reap` look at it. The table must exist when they do.
std::shared_ptr<const AttachmentTable> make_media_attachments(const MediaTables& tables = {});

}  // namespace affix
