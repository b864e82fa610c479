#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "affix/storage/disk.hpp"

namespace affix::testing {

/// The outcome of one case of a conformance suite.
struct CaseResult {
  enum class Status { passed, failed, not_applicable };

  std::string name{};  ///< A sentence that holds for a disk that conforms.
  Status status = Status::passed;
  std::string detail{};  ///< For `failed`: what was seen. For `not_applicable`: which capability.
};

/// Runs every case of the contract of `Disk` and returns one result for each; throws nothing.
/// `make_disk` gives an empty disk each time it is called. Cases about a capability that the disk
/// does not have check that it is refused. Needs no test framework; in one:
///
///     for (const auto& result : run_disk_conformance(make)) CHECK(result.status != failed);
std::vector<CaseResult> run_disk_conformance(
    const std::function<std::shared_ptr<Disk>()>& make_disk);

}  // namespace affix::testing
