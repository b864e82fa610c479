#pragma once

#include <soci/soci.h>

#include <memory>
#include <string>

#include "affix/manager/attachment_manager.hpp"

namespace affix::tests {

// Ways to leave out a part of the protocol, so that one can see that a campaign would notice:
//
//   delete-first  old files go with the statement that gives them up, not after the commit
//   no-marker     nothing says that files are about to be stored
//   no-fence      the reaper removes what is not announced, without making the id unusable first
//   no-lock       what was read before a transaction counts; the row is not read again
//   late-put      a file is said to be stored when only its first half is

bool is_weakness(const std::string& name);

/// The disk itself, but for weaknesses of disks.
std::shared_ptr<Disk> weakened_disk(const std::string& weakness, std::shared_ptr<Disk> disk);

/// Weakens what this process does through the manager and the session, which must live longer.
void weaken(const std::string& weakness, AttachmentManager& files, soci::session& sql);

}  // namespace affix::tests
