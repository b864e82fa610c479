#pragma once

#include <memory>

#include "affix/storage/disk.hpp"

namespace affix::tests {

/// How a disk breaks the contract.
enum class Sabotage {
  none,
  put_overwrites,         ///< A put replaces what is there, whatever it was told.
  put_never_overwrites,   ///< A put that may replace does not.
  put_is_not_atomic,      ///< The first half of a file is visible before the rest is written.
  put_keeps_half,         ///< Content that throws leaves what came before.
  put_drops_empty,        ///< An empty file is not stored.
  put_flips_a_bit,        ///< The first byte is stored wrong.
  put_cuts_large,         ///< Only the first MiB is stored.
  put_refuses_reserved,   ///< Keys below .affix cannot be written.
  put_folds_case,         ///< Keys that differ in case are the same file.
  put_shares_for_good,    ///< Overwriting a file that may be shared changes all that may.
  open_invents,           ///< A missing file reads as an empty one.
  reader_hides_size,      ///< A reader does not know its size.
  reader_is_live,         ///< A reader looks for its file with every read.
  range_excludes_last,    ///< The last byte of a range is left out.
  range_is_ignored,       ///< A range gives the whole file.
  range_is_never_empty,   ///< A range behind the end gives nothing instead of an error.
  stat_says_zero,         ///< The size of a file is 0.
  stat_finds_folders,     ///< The parent of a file counts as a file.
  remove_complains,       ///< Removing what is not there is an error.
  remove_takes_folder,    ///< Removing a key removes what lies below it.
  prefix_is_text,         ///< remove_prefix compares texts, so id1 takes id10 along.
  prefix_takes_itself,    ///< remove_prefix removes the file at the prefix.
  prefix_is_pattern,      ///< remove_prefix takes % and _ as the wildcards of SQL.
  prefix_is_expression,   ///< remove_prefix takes . as that of a regular expression.
  prefix_is_shallow,      ///< remove_prefix removes one level.
  stale_takes_files,      ///< remove_stale_uploads removes files.
  stale_breaks_puts,      ///< remove_stale_uploads lets puts fail that go on.
  copy_invents,           ///< A copy of a missing file is an empty file.
  copy_moves,             ///< A copy takes the source away.
  copy_overwrites,        ///< A copy replaces what is there.
  copy_never_overwrites,  ///< A copy that may replace does not.
  list_invents,           ///< An empty list has a file.
  list_says_zero,         ///< The size of a listed file is 0.
  list_leaks_prefix,      ///< Listed keys have the place of the disk in front.
  list_ignores_delimiter,
  list_ignores_limit,
  list_ignores_cursor,
  list_ignores_prefix,
  list_shows_reserved,
  list_by_segments,  ///< A prefix matches whole segments only.
  list_is_reversed,
  presign_forgets_key,  ///< Temporary URLs are the same for all keys.
  url_is_raw,           ///< The percent signs of a key are not escaped.
};

/// A disk in memory with that fault and no other.
std::shared_ptr<Disk> make_wrong_disk(Sabotage sabotage);

}  // namespace affix::tests
