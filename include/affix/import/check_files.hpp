#pragma once

#include "affix/import/imported.hpp"
#include "affix/manager/attachment_manager.hpp"

namespace affix {

/// Looks whether the files of what was imported are there, where `files` would open them, and takes
/// their true sizes; no file is read. A variant that is not there is dropped with a warning, an
/// original that is not is `Errc::file_not_found`. `Errc::invalid_key` for a file that is not in
/// one of the manager's `foreign_folders`, `Errc::unknown_disk`; else the errors of the disks.
Imported check_files(AttachmentManager& files, Imported imported);
ImportedList check_files(AttachmentManager& files, ImportedList imported);

}  // namespace affix
