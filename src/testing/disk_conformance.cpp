#include "affix/testing/disk_conformance.hpp"

#include <exception>

#include "testing/disk_cases.hpp"

namespace affix::testing {
namespace {

using Status = CaseResult::Status;
using DiskFactory = std::function<std::shared_ptr<Disk>()>;

CaseResult run(const DiskCase& disk_case, const DiskFactory& make_disk) {
  CaseResult result{.name = disk_case.name};
  const auto finish = [&](Status status, std::string detail) {
    result.status = status;
    result.detail = std::move(detail);
  };
  try {
    disk_case.run(*make_disk());
  } catch (const CaseFailed& failed) {
    finish(Status::failed, failed.seen);
  } catch (const CaseNotApplicable& reason) {
    finish(Status::not_applicable, reason.capability);
  } catch (const std::exception& exception) {
    finish(Status::failed, exception.what());
  } catch (...) {
    finish(Status::failed, "an exception that is no std::exception");
  }
  return result;
}

}  // namespace

std::vector<CaseResult> run_disk_conformance(const DiskFactory& make_disk) {
  std::vector<CaseResult> results;
  for (const auto cases : {put_cases(), read_cases(), range_cases(), remove_cases(), copy_cases(),
                           list_cases(), page_cases(), url_cases(), concurrency_cases()}) {
    for (const DiskCase& disk_case : cases) results.push_back(run(disk_case, make_disk));
  }
  return results;
}

}  // namespace affix::testing
