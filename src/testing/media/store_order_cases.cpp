#include <algorithm>

#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

using Ids = std::vector<std::string>;

void by_owner(const StoreBench& bench) {
  const MediaOwner owner = gallery().owner;
  bench.save(sample_record(1, gallery()));
  bench.save(sample_record(2, {owner, "manuals"}));
  bench.save(sample_record(3, {{"Product", "43"}, "gallery"}));
  bench.save(sample_record(4, {{"User", "42"}, "gallery"}));
  expect(ids(bench.list(owner, "gallery")) == Ids{sample_id(1)},
         "the records of one collection are not those that were saved there");
  expect(ids(bench.list(owner)) == Ids{sample_id(1), sample_id(2)},
         "the records of an owner are not those of its collections, one after the other");
  expect(bench.list(owner, "").empty(), "an empty collection name means all collections");
  expect(bench.list({"Product", "4"}).empty(), "an owner without records has some");
  expect_same(bench.list(owner).front(), sample_record(1, gallery()));
}

void in_order(const StoreBench& bench) {
  const std::vector<std::int64_t> positions{2, 0, 10, 3'000'000'000, -1};
  for (std::size_t i = 0; i < positions.size(); ++i) {
    bench.save(sample_record(static_cast<int>(i), gallery(), positions[i]));
  }
  expect(ids(bench.list(gallery().owner, "gallery")) ==
             Ids{sample_id(4), sample_id(1), sample_id(0), sample_id(2), sample_id(3)},
         "the records are not in the order of their positions");
}

void equal_positions(const StoreBench& bench) {
  for (const int number : {5, 1, 4, 2, 3}) bench.save(sample_record(number, gallery(), 6));
  Ids expected;
  for (const int number : {1, 2, 3, 4, 5}) expected.push_back(sample_id(number));
  expect(ids(bench.list(gallery().owner, "gallery")) == expected,
         "records of one position are not in the order of their ids");
}

void collections_in_order(const StoreBench& bench) {
  const MediaOwner owner = gallery().owner;
  int number = 0;
  for (const char* collection : {"b", "a", "B", "ä"}) {
    ++number;
    bench.save(sample_record(number, {owner, collection}, -number));
  }
  expect(ids(bench.list(owner)) == Ids{sample_id(3), sample_id(2), sample_id(1), sample_id(4)},
         "the collections are not in the order of their bytes");
}

void positions_follow(const StoreBench& bench) {
  const auto next = [&](const MediaPlace& place, std::size_t count) {
    return bench.commit(
        [&](Transaction& tx) { return bench.store().next_position(tx, place, count); });
  };
  bench.commit([&](Transaction& tx) {
    expect(bench.store().next_position(tx, gallery(), 1) == 0, "the first position is not 0");
    bench.store().save(tx, sample_record(1, gallery(), 0));
    expect(bench.store().next_position(tx, gallery(), 1) == 1, "the second position is not 1");
    bench.store().save(tx, sample_record(2, gallery(), 1));
  });
  expect(next(gallery(), 3) == 2, "the position after two records is not 2");
  expect(next({gallery().owner, "manuals"}, 1) == 0, "another place does not start at 0");
}

void positions_behind_records(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 4));
  bench.save(sample_record(2, {gallery().owner, "manuals"}, 9));
  const auto next = [&](std::size_t count) {
    return bench.commit(
        [&](Transaction& tx) { return bench.store().next_position(tx, gallery(), count); });
  };
  expect(next(3) == 5, "the first position allotted is not behind the records");
}

void append_allots(const StoreBench& bench) {
  const MediaPlace manuals{gallery().owner, "manuals"};
  bench.save(sample_record(9, gallery(), 4));
  std::vector<MediaRecord> some;
  for (const int number : {3, 1, 2}) some.push_back(sample_record(number, gallery(), 100));
  some.push_back(sample_record(4, manuals, 100));
  const auto saved = bench.commit([&](Transaction& tx) { return bench.store().append(tx, some); });
  std::vector<std::int64_t> positions;
  for (const MediaRecord& record : saved) positions.push_back(record.position);
  expect(positions == std::vector<std::int64_t>{5, 6, 7, 0}, "append allots other positions");
  expect(ids(saved) == ids(some), "append returns other records");
  expect(ids(bench.list(gallery().owner, "gallery")) ==
             Ids{sample_id(9), sample_id(3), sample_id(1), sample_id(2)},
         "appended records are not behind the others, in their order");
  some[1].position = 6;
  expect_same(bench.find(sample_id(1)), some[1]);
}

void append_many(const StoreBench& bench) {
  constexpr int many = 60;
  std::vector<MediaRecord> records;
  for (int i = 0; i < many; ++i) records.push_back(sample_record(many - i, gallery()));
  bench.commit([&](Transaction& tx) {
    bench.store().append(tx, records);
    expect(bench.store().append(tx, {}).empty(), "append of nothing returns something");
  });
  expect(ids(bench.list(gallery().owner)) == ids(records),
         "many appended records are not in their order");
}

constexpr StoreCase cases[] = {
    {"[A2][A3] an owner has the records that were saved for it", by_owner},
    {"[A2] the records of an owner are in the order of their positions", in_order},
    {"[A2] records of one position are in the order of their ids", equal_positions},
    {"[A3] collections are in the order of their bytes", collections_in_order},
    {"[A4] next_position is 0 at first, and 2 after two records", positions_follow},
    {"[A4] next_position is behind records that were saved without it", positions_behind_records},
    {"[A4] append puts records behind those of their places", append_allots},
    {"[A4] many records are appended at once", append_many},
};

}  // namespace

std::span<const StoreCase> store_order_cases() { return cases; }

}  // namespace affix::testing
