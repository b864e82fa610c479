#pragma once

#include "affix/media/memory_media_store.hpp"

namespace affix::tests {

/// A store that has only what it must.
class FiveFunctions : public MediaStore {
 public:
  explicit FiveFunctions(std::shared_ptr<MediaStore> store = make_memory_media_store())
      : store_(std::move(store)) {}

  bool is_transactional() const noexcept override { return false; }
  void save(Transaction& tx, const MediaRecord& record) override { store_->save(tx, record); }
  std::optional<MediaRecord> find(std::string_view id, Transaction* tx) override {
    return store_->find(id, tx);
  }
  std::vector<MediaRecord> list_by_owner(const MediaOwner& owner,
                                         std::optional<std::string_view> collection,
                                         Transaction* tx) override {
    return store_->list_by_owner(owner, collection, tx);
  }
  bool remove(Transaction& tx, std::string_view id) override { return store_->remove(tx, id); }
  std::int64_t next_position(Transaction& tx, const MediaPlace& place, std::size_t count) override {
    return store_->next_position(tx, place, count);
  }

 private:
  std::shared_ptr<MediaStore> store_;
};

}  // namespace affix::tests
