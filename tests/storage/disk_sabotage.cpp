#include <set>

#include "affix/testing/disk_conformance.hpp"
#include "catch.hpp"
#include "wrong_disks.hpp"

using affix::testing::CaseResult;
using affix::tests::Sabotage;

namespace {

using Names = std::set<std::string>;

Names failed_cases(Sabotage sabotage) {
  Names names;
  for (const CaseResult& result : affix::testing::run_disk_conformance(
           [sabotage] { return affix::tests::make_wrong_disk(sabotage); })) {
    if (result.status == CaseResult::Status::failed) names.insert(result.name);
  }
  return names;
}

struct Expectation {
  Sabotage sabotage;
  Names failures;
};

const std::vector<Expectation> expectations{
    {Sabotage::none, {}},
    {Sabotage::put_overwrites,
     {"[C5] put creates and does not overwrite",
      "files that may share their content are several files", "an error of put names the key",
      "[C7] of eight threads that put one key exactly one succeeds"}},
    {Sabotage::put_never_overwrites,
     {"[C5] put overwrites when it is allowed to",
      "files that may share their content are several files",
      "a reader goes on with the old bytes when the file is overwritten",
      "[C7] a reader sees an overwrite completely or not at all",
      "remove_stale_uploads leaves a put that goes on"}},
    {Sabotage::put_is_not_atomic,
     {"content that throws leaves the old file as it was",
      "[C7] a reader never sees a part of a new file",
      "[C7] a reader sees an overwrite completely or not at all"}},
    {Sabotage::put_keeps_half,
     {"content that throws leaves no file", "content that throws leaves the old file as it was",
      "content that throws leaves nothing in a list"}},
    {Sabotage::put_drops_empty,
     {"[C7] an empty file is a file", "[C6] no range of an empty file is satisfiable",
      "[C7] copy takes an empty file"}},
    {Sabotage::put_flips_a_bit,
     {"[C7] what was put reads back, with its size and checksum",
      "files that may share their content are several files",
      "[C7] a file of 3 MiB reads back",
      "[C5] put creates and does not overwrite",
      "[C5] put overwrites when it is allowed to",
      "content that throws leaves no file",
      "content that throws leaves the old file as it was",
      "every valid key can be used",
      "reserved keys can be used",
      "remove_stale_uploads leaves every file",
      "remove_stale_uploads leaves a put that goes on",
      "keys that differ in case are different files",
      "nothing lies below a file",
      "[C7] two readers of a file do not disturb each other",
      "[C7] a reader goes on when the file is removed",
      "a reader goes on with the old bytes when the file is overwritten",
      "[C6] a range may start at 0",
      "[C7] remove removes one file, and twice is no error",
      "remove of a parent removes nothing",
      "a removed key can be put again",
      "[C7] remove_many removes all and takes missing ones as removed",
      "[C7] remove_many of no keys does nothing",
      "remove_prefix removes everything below it and nothing else",
      "remove_prefix leaves prefixes that only look alike",
      "remove_prefix leaves a file at the prefix",
      "remove_prefix of nothing is no error",
      "a removed prefix can be put again",
      "[C7] copy makes a second file",
      "[C7] move takes the file away",
      "[C5] copy and move create and do not overwrite",
      "[C5] copy overwrites when it is allowed to",
      "copy and move onto itself keep the file",
      "[C8] listed keys can be used as they are",
      "[C7] of eight threads that put one key exactly one succeeds",
      "[C7] a reader sees an overwrite completely or not at all",
      "puts and removes in one folder do not disturb each other"}},
    {Sabotage::put_cuts_large,
     {"[C7] a file of 3 MiB reads back", "[C7] copy makes a second file"}},
    {Sabotage::put_refuses_reserved,
     {"reserved keys can be used", "reserved keys are listed only when asked for",
      "remove_stale_uploads leaves every file"}},
    {Sabotage::put_folds_case,
     {"keys that differ in case are different files",
      "remove_prefix leaves prefixes that only look alike",
      "list is in the byte order of the keys"}},
    {Sabotage::put_shares_for_good, {"files that may share their content are several files"}},
    {Sabotage::open_invents,
     {"[C7] open of a missing file is file_not_found", "the parents of a file are no files",
      "nothing lies below a file", "an error of open names the key",
      "[C6] a range of a missing file is file_not_found",
      "[C7] a reader never sees a part of a new file"}},
    {Sabotage::reader_hides_size,
     {"[C7] a reader knows the size before it reads",
      "[C7] a reader goes on when the file is removed", "[C6] both ends of a range are inclusive",
      "[C6] a range may start at 0", "[C6] a range may be one byte",
      "[C6] a range is cut at the end of the file",
      "[C6] a range without an end goes to the end of the file"}},
    {Sabotage::reader_is_live,
     {"[C7] a reader goes on when the file is removed",
      "a reader goes on with the old bytes when the file is overwritten"}},
    {Sabotage::range_excludes_last,
     {"[C6] both ends of a range are inclusive", "[C6] a range may start at 0",
      "[C6] a range may be one byte"}},
    {Sabotage::range_is_ignored,
     {"[C6] both ends of a range are inclusive", "[C6] a range may start at 0",
      "[C6] a range may be one byte", "[C6] a range is cut at the end of the file",
      "[C6] a range without an end goes to the end of the file",
      "[C6] a range that starts at the end is range_not_satisfiable",
      "[C6] a range that starts behind the end is range_not_satisfiable",
      "[C6] no range of an empty file is satisfiable"}},
    {Sabotage::range_is_never_empty,
     {"[C6] a range that starts at the end is range_not_satisfiable",
      "[C6] a range that starts behind the end is range_not_satisfiable",
      "[C6] no range of an empty file is satisfiable"}},
    {Sabotage::stat_says_zero, {"[C7] exists and stat know a file and its size"}},
    {Sabotage::stat_finds_folders, {"the parents of a file are no files"}},
    {Sabotage::remove_complains,
     {"nothing lies below a file", "[C7] remove removes one file, and twice is no error",
      "remove of a parent removes nothing",
      "[C7] remove_many removes all and takes missing ones as removed"}},
    {Sabotage::remove_takes_folder, {"remove of a parent removes nothing"}},
    {Sabotage::prefix_is_text, {"remove_prefix leaves prefixes that only look alike"}},
    {Sabotage::prefix_takes_itself, {"remove_prefix leaves a file at the prefix"}},
    {Sabotage::prefix_is_pattern, {"remove_prefix leaves prefixes that only look alike"}},
    {Sabotage::prefix_is_expression, {"remove_prefix leaves prefixes that only look alike"}},
    {Sabotage::stale_takes_files,
     {"remove_stale_uploads leaves every file", "remove_stale_uploads leaves a put that goes on"}},
    {Sabotage::stale_breaks_puts, {"remove_stale_uploads leaves a put that goes on"}},
    {Sabotage::prefix_is_shallow, {"remove_prefix removes everything below it and nothing else"}},
    {Sabotage::copy_invents, {"[C5] copy and move of a missing file are file_not_found"}},
    {Sabotage::copy_moves, {"[C7] copy makes a second file"}},
    {Sabotage::copy_overwrites, {"[C5] copy and move create and do not overwrite"}},
    {Sabotage::copy_never_overwrites, {"[C5] copy overwrites when it is allowed to"}},
    {Sabotage::list_invents,
     {"content that throws leaves nothing in a list",
      "a prefix that nothing has gives an empty list", "[C7] the list of an empty disk is empty"}},
    {Sabotage::list_says_zero, {"list knows size and time of a file"}},
    {Sabotage::list_leaks_prefix,
     {"[C7] list without a delimiter finds files at every level",
      "list is in the byte order of the keys",
      "[C7] list with a delimiter finds files and folders of one level",
      "[C7] list with a delimiter finds files and folders of the root",
      "a prefix without a slash names the folder and its neighbours",
      "a prefix may end inside of a segment", "a prefix may be a whole key",
      "removed files and their folders are not listed",
      "reserved keys are listed only when asked for", "[C8] listed keys can be used as they are",
      "[C7] the pages of a list have every file once",
      "the pages below a prefix have every file once",
      "the pages of one level have every file and folder once",
      "pages go on when what was listed is removed"}},
    {Sabotage::list_ignores_delimiter,
     {"[C7] list with a delimiter finds files and folders of one level",
      "[C7] list with a delimiter finds files and folders of the root",
      "a prefix without a slash names the folder and its neighbours",
      "a prefix may end inside of a segment", "removed files and their folders are not listed",
      "reserved keys are listed only when asked for",
      "the pages of one level have every file and folder once"}},
    {Sabotage::list_ignores_limit,
     {"[C7] the pages of a list have every file once",
      "the pages below a prefix have every file once",
      "the pages of one level have every file and folder once",
      "pages go on when what was listed is removed"}},
    {Sabotage::list_ignores_cursor,
     {"[C7] the pages of a list have every file once",
      "the pages below a prefix have every file once",
      "the pages of one level have every file and folder once"}},
    {Sabotage::list_ignores_prefix,
     {"[C7] list with a delimiter finds files and folders of one level",
      "a prefix may end inside of a segment", "a prefix that nothing has gives an empty list",
      "a prefix may be a whole key", "removed files and their folders are not listed",
      "reserved keys are listed only when asked for",
      "the pages below a prefix have every file once",
      "the pages of one level have every file and folder once"}},
    {Sabotage::list_shows_reserved, {"reserved keys are listed only when asked for"}},
    {Sabotage::list_by_segments,
     {"a prefix without a slash names the folder and its neighbours",
      "a prefix may end inside of a segment", "a prefix may be a whole key",
      "reserved keys are listed only when asked for",
      "the pages below a prefix have every file once"}},
    {Sabotage::list_is_reversed,
     {"[C7] list without a delimiter finds files at every level",
      "list is in the byte order of the keys",
      "[C7] list with a delimiter finds files and folders of one level",
      "a prefix may end inside of a segment", "a prefix may be a whole key",
      "reserved keys are listed only when asked for",
      "[C7] the pages of a list have every file once",
      "the pages below a prefix have every file once",
      "pages go on when what was listed is removed"}},
    {Sabotage::presign_forgets_key, {"[C8] temporary_url names the key"}},
    {Sabotage::url_is_raw, {"[C5] url ends in the key with its percent signs escaped"}},
};

}  // namespace

TEST_CASE("a disk with one fault fails exactly the cases about that") {
  for (const Expectation& expectation : expectations) {
    INFO("sabotage " << static_cast<int>(expectation.sabotage));
    CHECK(failed_cases(expectation.sabotage) == expectation.failures);
  }
}

TEST_CASE("every case of the conformance suite fails for some disk") {
  Names never_failed;
  for (const CaseResult& result : affix::testing::run_disk_conformance(
           [] { return affix::tests::make_wrong_disk(Sabotage::none); })) {
    never_failed.insert(result.name);
  }
  for (const Expectation& expectation : expectations) {
    for (const std::string& name : expectation.failures) never_failed.erase(name);
  }
  CHECK(never_failed == Names{});
}
