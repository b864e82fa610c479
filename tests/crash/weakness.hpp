#pragma once

#include <soci/soci.h>

#include <memory>
#include <string>

#include "affix/manager/attachment_manager.hpp"
#include "affix/media/media_store.hpp"

namespace affix::tests {

struct Stage;

// Ways to leave out a part of the protocol, so that one can see that a campaign would notice:
//
//   delete-first  old files go with the statement that gives them up, not after the commit
//   no-marker     nothing says that files are about to be stored
//   no-fence      the reaper removes what is not announced, without making the id unusable first
//   no-lock       what was read before a transaction counts; the row is not read again, or the
//                 record to which a variant is added
//   late-put      a file is said to be stored when only its first half is

bool is_weakness(const std::string& name);

/// The disk itself, but for weaknesses of disks.
std::shared_ptr<Disk> weakened_disk(const std::string& weakness, std::shared_ptr<Disk> disk);

/// The store itself, but for weaknesses of stores.
std::shared_ptr<MediaStore> weakened_store(const std::string& weakness,
                                           std::shared_ptr<MediaStore> store);

/// Weakens what this process does through the manager and the session, which must live longer.
void weaken(const Stage& stage, AttachmentManager& files, soci::session& sql);

}  // namespace affix::tests
