#include <set>

#include "affix/media/memory_media_store.hpp"
#include "catch.hpp"
#include "five_functions.hpp"
#include "memory_units.hpp"

using namespace affix;
using namespace affix::tests;
using testing::CaseResult;
using Status = CaseResult::Status;

namespace {

testing::MediaStoreSubject memory() { return in_memory(make_memory_media_store()); }

testing::MediaStoreSubject five_functions() { return in_memory(std::make_shared<FiveFunctions>()); }

}  // namespace

TEST_CASE("[A1][A15] a store in memory conforms, but for rollbacks, which it has not") {
  std::size_t passed = 0;
  for (const CaseResult& result : testing::run_media_store_conformance(memory)) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.status != Status::failed);
    CHECK((result.status == Status::passed || result.detail == "is_transactional"));
    passed += result.status == Status::passed ? 1 : 0;
  }
  CHECK(passed > 35);
}

TEST_CASE("[A1] five functions are a store that conforms") {
  std::set<std::string> missing;
  for (const CaseResult& result : testing::run_media_store_conformance(five_functions)) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.status != Status::failed);
    if (result.status == Status::not_applicable) missing.insert(result.detail);
  }
  CHECK(missing == std::set<std::string>{"aggregate", "count", "is_transactional", "link", "list"});
}

TEST_CASE("the names of the cases for stores differ") {
  std::set<std::string> names;
  const auto results = testing::run_media_store_conformance(memory);
  for (const CaseResult& result : results) names.insert(result.name);
  CHECK(names.size() == results.size());
}
