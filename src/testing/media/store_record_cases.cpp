#include "testing/media/store_cases.hpp"

namespace affix::testing {
namespace {

void save_and_find(const StoreBench& bench) {
  const MediaRecord record = sample_record(1, gallery(), 7);
  bench.save(record);
  expect_same(bench.find(sample_id(1)), record);
}

void find_inside(const StoreBench& bench) {
  const MediaRecord record = sample_record(1, gallery());
  bench.commit([&](Transaction& tx) {
    bench.store().save(tx, record);
    const auto found = bench.store().find(sample_id(1), &tx);
    expect(found.has_value(), "a unit of work does not see what it has saved");
    expect_same(*found, record);
  });
}

void find_missing(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  expect(!bench.store().find(sample_id(2), nullptr), "a record is found that there is not");
  expect(!bench.store().find("", nullptr), "the empty id is found");
  bench.commit([&](Transaction& tx) {
    expect(!bench.store().find(sample_id(2), &tx), "a record is found that there is not");
  });
}

void save_overwrites(const StoreBench& bench) {
  bench.save(sample_record(1, gallery(), 3));
  MediaRecord changed = sample_record(1, {{"User", "x"}, "avatars"}, 9);
  changed.attachment.name = "Another name";
  changed.attachment.disk = "other";
  changed.attachment.checksum.clear();
  changed.attachment.width = 0;
  changed.attachment.height = 0;
  changed.attachment.placeholder.clear();
  changed.attachment.meta = nlohmann::json::object();
  changed.attachment.variants.clear();
  changed.custom_properties = nlohmann::json::object();
  bench.save(changed);
  expect_same(bench.find(sample_id(1)), changed);
  expect(bench.list(gallery().owner).empty(), "an overwritten record is still in its old place");
  expect(bench.list({"User", "x"}).size() == 1, "an overwritten record is not in its new place");
}

void creation_is_set(const StoreBench& bench) {
  MediaRecord record = sample_record(1, gallery());
  record.attachment.created_at.reset();
  bench.save(record);
  const MediaRecord found = bench.find(sample_id(1));
  expect(found.attachment.created_at.has_value(), "the store has set no created_at");
  expect(found.updated_at == found.attachment.created_at, "the times of a new record differ");
}

void remove_twice(const StoreBench& bench) {
  bench.save(sample_record(1, gallery()));
  bench.save(sample_record(2, gallery()));
  const auto remove = [&](int number) {
    return bench.commit(
        [&](Transaction& tx) { return bench.store().remove(tx, sample_id(number)); });
  };
  expect(remove(1), "removing a record says that there was none");
  expect(!bench.store().find(sample_id(1), nullptr), "a removed record is found");
  expect(ids(bench.list(gallery().owner)) == ids({sample_record(2, gallery())}),
         "removing one record has changed what else there is");
  expect(!remove(1), "removing a record twice says that there was one");
}

void refused(const StoreBench& bench, const std::string& member,
             const std::function<void(MediaRecord&)>& spoil) {
  MediaRecord record = sample_record(1, gallery());
  spoil(record);
  const auto tx = bench.begin();
  try {
    bench.store().save(*tx, record);
  } catch (const Error& error) {
    expect(error.code() == Errc::invalid_argument, "a wrong record is refused with another code");
    expect(error.where().member.starts_with(member),
           "the error names another member: " + error.where().member);
    return;
  }
  throw CaseFailed{"a record is saved that cannot be read back: " + member};
}

void wrong_records(const StoreBench& bench) {
  refused(bench, "id", [](MediaRecord& record) { record.attachment.id = "../x"; });
  refused(bench, "path", [](MediaRecord& record) { record.attachment.path.clear(); });
  refused(bench, "name", [](MediaRecord& record) { record.attachment.name = "\xff"; });
  refused(bench, "name", [](MediaRecord& record) { record.attachment.name.assign(256, 'x'); });
  refused(bench, "size", [](MediaRecord& record) { record.attachment.size = -1; });
  refused(bench, "meta", [](MediaRecord& record) { record.attachment.meta = {1, 2}; });
  refused(bench, "ownerType", [](MediaRecord& record) { record.place.owner.type = "\xff"; });
  refused(bench, "ownerId", [](MediaRecord& record) { record.place.owner.id.assign(101, 'x'); });
  refused(bench, "collection",
          [](MediaRecord& record) { record.place.collection = std::string(1, '\0'); });
  refused(bench, "customProperties", [](MediaRecord& record) { record.custom_properties = "x"; });
  expect(!bench.store().find(sample_id(1), nullptr), "a refused record was saved");
}

constexpr StoreCase cases[] = {
    {"[A1] a record that was saved is found, with all members", save_and_find},
    {"[A1] a unit of work finds what it has saved", find_inside},
    {"[A1] what is missing is not found", find_missing},
    {"[A5] save overwrites the record of the same id", save_overwrites},
    {"the store sets the creation time of a record that has none", creation_is_set},
    {"[A6] remove removes one record, and twice is no error", remove_twice},
    {"a record that could not be read back is refused", wrong_records},
};

}  // namespace

std::span<const StoreCase> store_record_cases() { return cases; }

}  // namespace affix::testing
