#pragma once

#include <memory>

#include "affix/media/media_store.hpp"

namespace affix::tests {

/// How a store breaks the contract.
enum class Sabotage {
  none,
  save_drops_checksum,
  save_never_overwrites,   ///< The first record of an id stays.
  save_checks_nothing,     ///< What cannot be saved is passed over in silence.
  save_forgets_creation,   ///< A record that has no creation time gets none.
  find_is_blind,           ///< A unit of work does not find what it has saved.
  find_invents,            ///< What is missing is found.
  remove_always_succeeds,  ///< Removing what is not there says that it was.
  list_ignores_collection,
  list_is_reversed,
  list_reverses_ties,       ///< Records of one position are in the reverse order of their ids.
  list_folds_case,          ///< Collections are ordered without regard to case.
  positions_start_at_one,   ///< All positions are one too high.
  positions_forget_others,  ///< Only positions that were allotted count.
  positions_repeat,         ///< Each position is given twice.
  append_keeps_positions,   ///< Records are saved with the positions that they come with.
  append_cuts,              ///< Only the first 50 records are saved.
  texts_are_ascii,
  texts_are_cut,       ///< Names have 255 bytes at most.
  quotes_are_doubled,  ///< An apostrophe in a name comes back as two.
  documents_are_cut,   ///< Large custom properties are lost.
  times_are_seconds,   ///< Milliseconds are lost.
  extra_is_lost,
  claims_transactions,  ///< Says that it is transactional.
  merge_replaces,       ///< The variants that are added are all that is left.
  links_forget_own,     ///< A record's own place is not among its links.
  link_again,           ///< A link that is there is said to be new.
  link_accepts_missing,
  reposition_links_again,  ///< A link that gets another position becomes the last one.
  links_are_not_listed,
  links_are_doubled,  ///< A record whose own place is also a link is listed twice.
  links_survive,      ///< They are back when a record of the same id is saved.
  count_ignores_filter,
  aggregate_forgets_size,
  pages_ignore_cursor,
  pages_ignore_disk,
  pages_refuse_cursors,  ///< A cursor that is none is an error.
};

/// A store in memory with that fault and no other.
std::shared_ptr<MediaStore> make_wrong_store(Sabotage sabotage);

}  // namespace affix::tests
