#include "testing/media/store_cases.hpp"

namespace affix::testing {

std::vector<CaseResult> run_media_store_conformance(
    const std::function<MediaStoreSubject()>& make) {
  std::vector<CaseResult> results;
  for (const auto cases : {store_record_cases(), store_order_cases(), store_content_cases(),
                           store_unit_cases(), store_sharing_cases(), store_query_cases()}) {
    for (const StoreCase& one : cases) {
      results.push_back(run_case(one.name, [&] { one.run(StoreBench(make())); }));
    }
  }
  return results;
}

}  // namespace affix::testing
