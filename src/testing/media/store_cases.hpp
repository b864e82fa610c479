#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "affix/persistence/transaction.hpp"
#include "affix/testing/media_store_conformance.hpp"
#include "testing/disk_cases.hpp"

// What the cases of `run_media_store_conformance` are made of.

namespace affix::testing {

/// An empty store under test, with what every case does with one.
class StoreBench {
 public:
  explicit StoreBench(MediaStoreSubject subject) : subject_(std::move(subject)) {}

  MediaStore& store() const { return *subject_.store; }
  std::shared_ptr<Transaction> begin() const { return subject_.begin(); }

  /// Does something in a unit of work of its own and commits it.
  template <class Step>
  auto commit(Step step) const {
    const auto tx = begin();
    if constexpr (std::is_void_v<decltype(step(*tx))>) {
      step(*tx);
      tx->commit();
    } else {
      auto result = step(*tx);
      tx->commit();
      return result;
    }
  }
  void save(const MediaRecord& record) const {
    commit([&](Transaction& tx) { store().save(tx, record); });
  }
  /// What is committed; `CaseFailed` if there is none.
  MediaRecord find(std::string_view id) const;
  std::vector<MediaRecord> list(const MediaOwner& owner,
                                std::optional<std::string_view> collection = {}) const {
    return store().list_by_owner(owner, collection, nullptr);
  }
  /// The one record that an owner has; `CaseFailed` if it has others or none.
  MediaRecord only(const MediaOwner& owner) const;

 private:
  MediaStoreSubject subject_;
};

struct StoreCase {
  const char* name;
  void (*run)(const StoreBench& bench);  ///< On an empty store.
};

std::span<const StoreCase> store_record_cases();
std::span<const StoreCase> store_order_cases();
std::span<const StoreCase> store_content_cases();
std::span<const StoreCase> store_unit_cases();
std::span<const StoreCase> store_sharing_cases();
std::span<const StoreCase> store_query_cases();

/// Ends the case if the store has not the function that `call` needs.
void need_function(std::string_view name, const std::function<void()>& call);

/// A record with something in every member; its id ends with this number, at most four digits.
MediaRecord sample_record(int number, MediaPlace place, std::int64_t position = 0);
MediaPlace gallery();
/// `store-conformance-0007`
std::string sample_id(int number);

std::vector<std::string> ids(const std::vector<MediaRecord>& records);

/// Throws `CaseFailed` unless both are the same but for `updated_at`, and `seen` has that.
void expect_same(const MediaRecord& seen, const MediaRecord& saved);

}  // namespace affix::testing
