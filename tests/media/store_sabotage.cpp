#include <set>

#include "catch.hpp"
#include "memory_units.hpp"
#include "wrong_stores.hpp"

using namespace affix;
using namespace affix::tests;
using testing::CaseResult;

namespace {

using Names = std::set<std::string>;

Names failed_cases(Sabotage sabotage) {
  Names names;
  for (const CaseResult& result : testing::run_media_store_conformance(
           [sabotage] { return in_memory(make_wrong_store(sabotage)); })) {
    if (result.status == CaseResult::Status::failed) names.insert(result.name);
  }
  return names;
}

/// A fault, and the cases that are there to find it; others may find it, too.
struct Expectation {
  Sabotage sabotage;
  Names failures;
};

const std::vector<Expectation> expectations{
    {Sabotage::save_drops_checksum, {"[A1] a record that was saved is found, with all members"}},
    {Sabotage::save_never_overwrites, {"[A5] save overwrites the record of the same id"}},
    {Sabotage::save_checks_nothing, {"a record that could not be read back is refused"}},
    {Sabotage::save_forgets_creation,
     {"the store sets the creation time of a record that has none"}},
    {Sabotage::find_is_blind, {"[A1] a unit of work finds what it has saved"}},
    {Sabotage::find_invents, {"[A1] what is missing is not found"}},
    {Sabotage::remove_always_succeeds, {"[A6] remove removes one record, and twice is no error"}},
    {Sabotage::list_ignores_collection,
     {"[A2][A3] an owner has the records that were saved for it"}},
    {Sabotage::list_is_reversed,
     {"[A2] the records of an owner are in the order of their positions"}},
    {Sabotage::list_reverses_ties, {"[A2] records of one position are in the order of their ids"}},
    {Sabotage::list_folds_case, {"[A3] collections are in the order of their bytes"}},
    {Sabotage::positions_start_at_one,
     {"[A4] next_position is 0 at first, and 2 after two records"}},
    {Sabotage::positions_forget_others,
     {"[A4] next_position is behind records that were saved without it",
      "next_position is behind shared records"}},
    {Sabotage::positions_repeat,
     {"[A4] eight threads that append to one collection leave neither gap nor double"}},
    {Sabotage::append_keeps_positions, {"[A4] append puts records behind those of their places"}},
    {Sabotage::append_cuts, {"[A4] many records are appended at once"}},
    {Sabotage::texts_are_ascii, {"every text keeps its characters"}},
    {Sabotage::texts_are_cut, {"every text keeps all of its characters when it fills its column"}},
    {Sabotage::quotes_are_doubled, {"a text that looks like SQL is a text"}},
    {Sabotage::documents_are_cut, {"custom properties of 1 MB are kept"}},
    {Sabotage::times_are_seconds, {"times are kept to the millisecond"}},
    {Sabotage::extra_is_lost, {"meta and members that affix does not know are kept"}},
    {Sabotage::claims_transactions, {"a rollback takes everything back"}},
    {Sabotage::merge_replaces,
     {"variants are merged by their names", "variants that are merged at once are all there"}},
    {Sabotage::links_forget_own, {"a record is in its own place"}},
    {Sabotage::link_again, {"a record is shared and no longer shared"}},
    {Sabotage::link_accepts_missing, {"a record that there is not cannot be shared"}},
    {Sabotage::reposition_links_again,
     {"a shared record that gets another position keeps its turn among the links"}},
    {Sabotage::links_are_not_listed, {"a shared record is listed at the position of its link"}},
    {Sabotage::links_are_doubled,
     {"a shared record that moves to a place where it is shared is there once"}},
    {Sabotage::links_survive, {"removing a record removes its links"}},
    {Sabotage::count_ignores_filter, {"[A7] count counts what the filter lets through"}},
    {Sabotage::aggregate_forgets_size,
     {"[A7] records are aggregated by their collections",
      "[A7] records are aggregated by their disks"}},
    {Sabotage::pages_ignore_cursor, {"[A7][A8] the pages of a list have every record once"}},
    {Sabotage::pages_ignore_disk, {"[A7] a list is filtered by the disk"}},
    {Sabotage::pages_refuse_cursors, {"[A8] a cursor that is none means the start"}},
};

}  // namespace

TEST_CASE("a store without a fault passes") { CHECK(failed_cases(Sabotage::none).empty()); }

TEST_CASE("[A15] every fault of a store is found by the case that is there for it") {
  for (const auto& [sabotage, failures] : expectations) {
    const Names failed = failed_cases(sabotage);
    for (const std::string& name : failures) {
      CAPTURE(name);
      CHECK(failed.contains(name));
    }
  }
}

TEST_CASE("[A15] every case for stores can fail") {
  Names tried;
  for (const Expectation& one : expectations)
    tried.insert(one.failures.begin(), one.failures.end());
  for (const CaseResult& result : testing::run_media_store_conformance(
           [] { return in_memory(make_wrong_store(Sabotage::none)); })) {
    CAPTURE(result.name);
    CHECK(tried.contains(result.name));
  }
}
