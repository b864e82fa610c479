#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

using Ids = std::vector<std::string>;

/// Six records: 0 to 3 in a gallery (3 on another disk), 4 in manuals, 5 of another owner.
void fill(const StoreBench& bench) {
  bench.commit([&](Transaction& tx) {
    for (int number = 0; number < 6; ++number) {
      MediaRecord record = sample_record(number, gallery(), 10 - number);
      record.attachment.size = 1'000'000'000'000 + number;
      if (number == 3) record.attachment.disk = "archive";
      if (number == 4) record.place.collection = "manuals";
      if (number == 5) record.place.owner = {"User", "1"};
      bench.store().save(tx, record);
    }
  });
}

void count(const StoreBench& bench) {
  const auto of = [&](const MediaFilter& filter) { return bench.store().count(filter); };
  need_function("count", [&] { of({}); });
  expect(of({}) == 0, "an empty store has records");
  fill(bench);
  expect(of({}) == 6, "not all records are counted");
  expect(of({.owner_type = "Product"}) == 5, "the count of an owner's type is wrong");
  expect(of({.owner_type = "Product", .owner_id = "42"}) == 5, "the count of an owner is wrong");
  expect(of({.owner_id = "1"}) == 1, "the count of an owner's id is wrong");
  expect(of({.collection = "manuals"}) == 1, "the count of a collection is wrong");
  expect(of({.disk = "archive"}) == 1, "the count of a disk is wrong");
  expect(of({.collection = "gallery", .disk = "local"}) == 4, "two conditions are not both meant");
  expect(of({.collection = ""}) == 0, "an empty collection name is no condition");
}

void by_collection(const StoreBench& bench) {
  need_function("aggregate", [&] { bench.store().aggregate({}, MediaGroup::collection); });
  expect(bench.store().aggregate({}, MediaGroup::collection).empty(), "an empty store has groups");
  fill(bench);
  const std::vector<MediaGroupCount> expected{{"gallery", 5, 5'000'000'000'011},
                                              {"manuals", 1, 1'000'000'000'004}};
  expect(bench.store().aggregate({}, MediaGroup::collection) == expected,
         "the groups of the collections are wrong");
}

void by_disk(const StoreBench& bench) {
  need_function("aggregate", [&] { bench.store().aggregate({}, MediaGroup::disk); });
  fill(bench);
  const std::vector<MediaGroupCount> all{{"archive", 1, 1'000'000'000'003},
                                         {"local", 5, 5'000'000'000'012}};
  expect(bench.store().aggregate({}, MediaGroup::disk) == all, "the groups of the disks are wrong");
  const std::vector<MediaGroupCount> some{{"local", 1, 1'000'000'000'004}};
  expect(bench.store().aggregate({.collection = "manuals"}, MediaGroup::disk) == some,
         "groups count what the filter does not let through");
}

/// All pages of so many records.
Ids paged(const StoreBench& bench, const MediaFilter& filter, std::size_t limit) {
  constexpr int too_many = 20;
  Ids all;
  std::string cursor;
  for (int page = 0; page < too_many; ++page) {
    const MediaPage found = bench.store().list(filter, cursor, limit);
    expect(found.records.size() <= limit, "a page has more records than its limit");
    for (const std::string& id : ids(found.records)) all.push_back(id);
    if (!found.cursor) return all;
    expect(found.records.size() == limit, "a page before the last one is not full");
    cursor = *found.cursor;
  }
  throw CaseFailed{"the pages do not end"};
}

void pages(const StoreBench& bench) {
  need_function("list", [&] { bench.store().list({}, "", 1); });
  fill(bench);
  MediaRecord twin = sample_record(7, gallery());
  twin.attachment.created_at = sample_record(2, gallery()).attachment.created_at;
  bench.save(twin);
  const Ids all{sample_id(0), sample_id(1), sample_id(2), sample_id(7),
                sample_id(3), sample_id(4), sample_id(5)};
  for (const std::size_t limit : {1U, 2U, 3U, 6U, 7U, 8U}) {
    expect(paged(bench, {}, limit) == all, "the pages miss, repeat or reorder records");
  }
  const MediaPage first = bench.store().list({}, "", 1);
  expect(first.cursor == "MjAyNi0wMS0wMVQwMDowMDowMC4wMDBafHN0b3JlLWNvbmZvcm1hbmNlLTAwMDA=",
         "the cursor is not the base64 of the time and the id");
  expect_error(Errc::invalid_argument, [&] { bench.store().list({}, "", 0); });
}

void pages_by_disk(const StoreBench& bench) {
  need_function("list", [&] { bench.store().list({}, "", 1); });
  fill(bench);
  const Ids local{sample_id(0), sample_id(1), sample_id(2), sample_id(4), sample_id(5)};
  expect(paged(bench, {.disk = "local"}, 2) == local, "a page has records of another disk");
  expect(paged(bench, {.disk = "nowhere"}, 2).empty(), "a disk without records has some");
}

void wrong_cursors(const StoreBench& bench) {
  need_function("list", [&] { bench.store().list({}, "", 1); });
  fill(bench);
  for (const char* cursor : {"?", "bm8gY3Vyc29y", "fA==", "2026-01-01T00:00:00.004Z|x",
                             "bm8gdGltZXx4", "MjAyNi0wMS0wMVQwMDowMDowMC4wMDRafCcgb3Igb25l"}) {
    expect(ids(bench.store().list({}, cursor, 1).records) == Ids{sample_id(0)},
           std::string("a cursor that is none is not the start: ") + cursor);
  }
}

constexpr StoreCase cases[] = {
    {"[A7] count counts what the filter lets through", count},
    {"[A7] records are aggregated by their collections", by_collection},
    {"[A7] records are aggregated by their disks", by_disk},
    {"[A7][A8] the pages of a list have every record once", pages},
    {"[A7] a list is filtered by the disk", pages_by_disk},
    {"[A8] a cursor that is none means the start", wrong_cursors},
};

}  // namespace

std::span<const StoreCase> store_query_cases() { return cases; }

}  // namespace affix::testing
