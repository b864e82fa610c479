#pragma once

#include <memory>

#include "affix/media/media_store.hpp"
#include "affix/value/clock.hpp"

namespace affix {

/// Keeps records in memory, for tests and for programs without a media table. Not transactional:
/// what was changed stays when the unit of work is rolled back. Safe to use from many threads.
/// A null clock is the computer's.
std::shared_ptr<MediaStore> make_memory_media_store(std::shared_ptr<const Clock> clock = {});

}  // namespace affix
