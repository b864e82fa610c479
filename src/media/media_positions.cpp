#include "media/media_positions.hpp"

#include "media/media_checks.hpp"

namespace affix::detail {

void allot_positions(MediaStore& store, Transaction& tx, std::vector<MediaRecord>& records) {
  std::map<MediaPlace, std::vector<MediaRecord*>, PlaceOrder> by_place;
  for (MediaRecord& record : records) by_place[record.place].push_back(&record);
  for (const auto& [place, mates] : by_place) {
    std::int64_t position = store.next_position(tx, place, mates.size());
    for (MediaRecord* record : mates) record->position = position++;
  }
}

}  // namespace affix::detail
