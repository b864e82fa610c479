#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

using Ids = std::vector<std::string>;

MediaPlace shop_window() { return {{"Shop", "7"}, "window"}; }

bool link(const StoreBench& bench, int number, const MediaPlace& place, std::int64_t position) {
  bool linked = false;
  need_function("link", [&] {
    linked = bench.commit([&](Transaction& tx) {
      return bench.store().link(tx, {sample_id(number), place, position});
    });
  });
  return linked;
}

bool unlink(const StoreBench& bench, int number, const MediaPlace& place) {
  return bench.commit(
      [&](Transaction& tx) { return bench.store().unlink(tx, sample_id(number), place); });
}

void own_place(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 3));
  const std::vector<MediaLink> expected{{sample_id(1), gallery(), 3}};
  expect(bench.store().links(sample_id(1), nullptr) == expected,
         "the links of a record that is not shared are not its own place");
  expect(bench.store().links(sample_id(2), nullptr).empty(), "a missing record has links");
}

void link_and_unlink(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 3));
  const MediaPlace second{{"A first owner", "1"}, "a"};
  expect(link(bench, 1, shop_window(), 5), "the first link is said to be there already");
  expect(link(bench, 1, second, 2), "the second link is said to be there already");
  expect(!link(bench, 1, shop_window(), 9), "a link that is there is made again");
  expect(!link(bench, 1, gallery(), 9), "a record is linked to its own place");
  const std::vector<MediaLink> all{
      {sample_id(1), gallery(), 3}, {sample_id(1), shop_window(), 5}, {sample_id(1), second, 2}};
  expect(bench.store().links(sample_id(1), nullptr) == all,
         "the links are not the record's own place and then the others in their order");
  expect(unlink(bench, 1, shop_window()), "a link that is there is not found");
  expect(!unlink(bench, 1, shop_window()), "a link is taken away twice");
  expect(!unlink(bench, 1, gallery()), "the own place of a record is unlinked");
  expect(bench.store().links(sample_id(1), nullptr) == std::vector{all[0], all[2]},
         "a link that was taken away is still there, or another is not");
}

bool reposition(const StoreBench& bench, const MediaLink& link) {
  return bench.commit([&](Transaction& tx) { return bench.store().reposition(tx, link); });
}

void another_position(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 3));
  bench.save(sample_record(2, shop_window(), 6));
  const MediaPlace second{{"A first owner", "1"}, "a"};
  link(bench, 1, shop_window(), 5);
  link(bench, 1, second, 2);
  expect(reposition(bench, {sample_id(1), shop_window(), 8}), "a link that is there is not found");
  const std::vector<MediaLink> all{
      {sample_id(1), gallery(), 3}, {sample_id(1), shop_window(), 8}, {sample_id(1), second, 2}};
  expect(bench.store().links(sample_id(1), nullptr) == all,
         "a link has not the position that it was given, or has lost its turn");
  expect(ids(bench.list(shop_window().owner)) == Ids{sample_id(2), sample_id(1)},
         "a shared record is not at its new position");
  expect(!reposition(bench, {sample_id(1), gallery(), 9}), "the own place is said to be a link");
  expect(!reposition(bench, {sample_id(2), second, 9}), "a link that is not there has moved");
  expect(bench.store().links(sample_id(1), nullptr) == all, "a refusal has changed the links");
}

void link_missing(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  link(bench, 1, shop_window(), 0);
  const auto tx = bench.begin();
  expect_error(Errc::record_not_found, [&] {
    bench.store().link(*tx, {sample_id(2), shop_window(), 0});
  });
}

void listed_there(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 9));
  bench.save(sample_record(2, shop_window(), 0));
  bench.save(sample_record(3, shop_window(), 4));
  link(bench, 1, shop_window(), 2);
  const auto there = bench.list(shop_window().owner, "window");
  expect(ids(there) == Ids{sample_id(2), sample_id(1), sample_id(3)},
         "a shared record is not at the position of its link");
  expect_same(there[1], sample_record(1, gallery(), 9));
  expect(ids(bench.list(gallery().owner)) == Ids{sample_id(1)},
         "a shared record is no longer in its own place");
  expect(bench.list(shop_window().owner, "cellar").empty(),
         "a shared record is in another collection");
}

void listed_once(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 1));
  link(bench, 1, shop_window(), 2);
  bench.save(sample_record(1, shop_window(), 6));  // Now its own place is the shared one.
  expect(ids(bench.list(shop_window().owner)) == Ids{sample_id(1)},
         "a record is twice in one place");
  const std::vector<MediaLink> expected{{sample_id(1), shop_window(), 6}};
  expect(bench.store().links(sample_id(1), nullptr) == expected, "a place is linked twice");
}

void positions_behind_links(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  link(bench, 1, shop_window(), 4);
  const auto next = bench.commit(
      [&](Transaction& tx) { return bench.store().next_position(tx, shop_window(), 1); });
  expect(next == 5, "the first position allotted is not behind the links");
}

void removal(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  bench.save(sample_record(2, gallery()));
  link(bench, 1, shop_window(), 0);
  link(bench, 2, shop_window(), 1);
  bench.commit([&](Transaction& tx) { return bench.store().remove(tx, sample_id(1)); });
  expect(bench.store().links(sample_id(1), nullptr).empty(), "a removed record has links");
  bench.save(sample_record(1, gallery()));
  expect(ids(bench.list(shop_window().owner)) == Ids{sample_id(2)},
         "the links of a removed record are there again with its id, or another's are not");
}

constexpr StoreCase cases[] = {
    {"a record is in its own place", own_place},
    {"a record is shared and no longer shared", link_and_unlink},
    {"a shared record that gets another position keeps its turn among the links", another_position},
    {"a record that there is not cannot be shared", link_missing},
    {"a shared record is listed at the position of its link", listed_there},
    {"a shared record that moves to a place where it is shared is there once", listed_once},
    {"next_position is behind shared records", positions_behind_links},
    {"removing a record removes its links", removal},
};

}  // namespace

std::span<const StoreCase> store_sharing_cases() { return cases; }

}  // namespace affix::testing
