#include <exception>
#include <future>

#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

/// Does something in units of work of its own until nobody else is in the way.
void insist(const StoreBench& bench, const std::function<void(Transaction&)>& step) {
  constexpr int attempts = 10'000;
  for (int attempt = 1;; ++attempt) {
    try {
      return bench.commit([&](Transaction& tx) { step(tx); });
    } catch (const Error& error) {
      if (error.code() != Errc::conflict || attempt == attempts) throw;
    }
  }
}

/// Runs all at once; throws what the first of them has thrown.
void at_once(const std::vector<std::function<void()>>& steps) {
  std::vector<std::future<void>> running;
  for (const auto& step : steps) running.push_back(std::async(std::launch::async, step));
  std::exception_ptr wrong;
  for (auto& one : running) {
    try {
      one.get();
    } catch (...) {
      if (!wrong) wrong = std::current_exception();
    }
  }
  if (wrong) std::rethrow_exception(wrong);
}

void rollback(const StoreBench& bench) {
  if (!bench.store().is_transactional()) throw CaseNotApplicable{"is_transactional"};
  bench.save(sample_record(1, gallery(), 0));
  bench.save(sample_record(2, gallery(), 1));
  const MediaRecord before = bench.find(sample_id(1));
  {
    const auto tx = bench.begin();
    MediaRecord changed = sample_record(1, gallery(), 50);
    changed.attachment.name = "Another name";
    bench.store().save(*tx, changed);
    bench.store().save(*tx, sample_record(3, gallery(), 2));
    bench.store().remove(*tx, sample_id(2));
    bench.store().append(*tx, {sample_record(4, gallery())});
    bench.store().merge_variants(
        *tx, sample_id(1),
        {{"og", {.disk = "local", .path = "og.png", .size = 1, .mime_type = "image/png"}}});
    tx->rollback();
  }
  expect(bench.find(sample_id(1)) == before, "a rollback does not take back a change");
  expect(ids(bench.list(gallery().owner)) == std::vector{sample_id(1), sample_id(2)},
         "a rollback does not take back what was added or removed");
  const auto next =
      bench.commit([&](Transaction& tx) { return bench.store().next_position(tx, gallery(), 1); });
  expect(next == 2, "a rollback does not take back the positions that were allotted");
}

void appends_at_once(const StoreBench& bench) {
  constexpr int threads = 8;
  constexpr int each = 3;
  std::vector<std::function<void()>> steps;
  for (int thread = 0; thread < threads; ++thread) {
    steps.emplace_back([&bench, thread] {
      for (int i = 0; i < each; ++i) {
        const MediaRecord record = sample_record(thread * each + i, gallery());
        insist(bench, [&](Transaction& tx) { bench.store().append(tx, {record}); });
      }
    });
  }
  at_once(steps);
  std::int64_t expected = 0;
  for (const MediaRecord& record : bench.list(gallery().owner, "gallery")) {
    expect(record.position == expected++, "positions have gaps or doubles");
  }
  expect(expected == threads * each, "records that were appended are missing");
}

Variant variant_of(const std::string& name, std::int64_t size) {
  return {.disk = "local", .path = name + ".webp", .size = size, .mime_type = "image/webp"};
}

void merge_variants(const StoreBench& bench) {
  MediaRecord record = sample_record(1, gallery(), 5);
  record.attachment.variants["wide"] = variant_of("wide", 6);
  bench.save(record);
  MediaRecord expected = record;
  expected.attachment.variants.insert_or_assign("thumb", variant_of("new", 7));
  expected.attachment.variants.insert_or_assign("og", variant_of("og", 8));
  bench.commit([&](Transaction& tx) {
    const auto merged = bench.store().merge_variants(
        tx, sample_id(1), {{"thumb", variant_of("new", 7)}, {"og", variant_of("og", 8)}});
    expect(merged.has_value(), "a record is gone when variants are merged");
    expect_same(*merged, expected);
    expect(!bench.store().merge_variants(tx, sample_id(2), {}),
           "variants are merged into a record that there is not");
  });
  expect_same(bench.find(sample_id(1)), expected);
}

void merge_at_once(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  constexpr int each = 5;
  std::vector<std::function<void()>> steps;
  for (const char* name : {"left", "right"}) {
    steps.emplace_back([&bench, name] {
      for (int i = 0; i < each; ++i) {
        const std::string variant = name + std::to_string(i);
        insist(bench, [&](Transaction& tx) {
          bench.store().merge_variants(tx, sample_id(1), {{variant, variant_of(variant, i)}});
        });
      }
    });
  }
  at_once(steps);
  expect(bench.find(sample_id(1)).attachment.variants.size() == 2 * each + 1,
         "variants are lost when two are merged at once");
}

constexpr StoreCase cases[] = {
    {"a rollback takes everything back", rollback},
    {"[A4] eight threads that append to one collection leave neither gap nor double",
     appends_at_once},
    {"variants are merged by their names", merge_variants},
    {"variants that are merged at once are all there", merge_at_once},
};

}  // namespace

std::span<const StoreCase> store_unit_cases() { return cases; }

}  // namespace affix::testing
