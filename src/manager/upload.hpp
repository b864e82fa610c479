#pragma once

#include "manager/manager_core.hpp"

namespace affix::detail {

/// The work of `AttachmentManager::create`: read, check, convert, and only then store.
PendingFiles upload(const ManagerCore& core, Source source, const CreateOptions& options);

}  // namespace affix::detail
