#include "affix/testing/disk_conformance.hpp"

#include "testing/disk_cases.hpp"

namespace affix::testing {
std::vector<CaseResult> run_disk_conformance(
    const std::function<std::shared_ptr<Disk>()>& make_disk) {
  std::vector<CaseResult> results;
  for (const auto cases : {put_cases(), read_cases(), range_cases(), remove_cases(), copy_cases(),
                           list_cases(), page_cases(), url_cases(), concurrency_cases()}) {
    for (const DiskCase& one : cases) {
      results.push_back(run_case(one.name, [&] { one.run(*make_disk()); }));
    }
  }
  return results;
}

}  // namespace affix::testing
