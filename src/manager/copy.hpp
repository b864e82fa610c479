#pragma once

#include "manager/manager_core.hpp"

namespace affix::detail {

/// The work of `AttachmentManager::copy`.
PendingFiles copy(const ManagerCore& core, const Attachment& original);

}  // namespace affix::detail
