#pragma once

#include <vector>

#include "affix/media/media_store.hpp"

namespace affix::detail {

/// Gives records the next positions of their places, in this order: the store is asked once for
/// each place, always in the same order of the places, so that no two wait for each other.
void allot_positions(MediaStore& store, Transaction& tx, std::vector<MediaRecord>& records);

}  // namespace affix::detail
