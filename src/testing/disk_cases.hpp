#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "affix/storage/disk.hpp"
#include "affix/testing/disk_conformance.hpp"

// What the cases of `run_disk_conformance` are made of; the first part is every suite's.

namespace affix::testing {

struct DiskCase {
  const char* name;
  void (*run)(Disk& disk);  ///< On an empty disk.
};

std::span<const DiskCase> put_cases();
std::span<const DiskCase> read_cases();
std::span<const DiskCase> range_cases();
std::span<const DiskCase> remove_cases();
std::span<const DiskCase> copy_cases();
std::span<const DiskCase> list_cases();
std::span<const DiskCase> page_cases();
std::span<const DiskCase> url_cases();
std::span<const DiskCase> concurrency_cases();

/// Thrown by a case that has seen something wrong.
struct CaseFailed {
  std::string seen{};
};
/// Thrown by a case about a capability that the disk does not have, and refused as it should.
struct CaseNotApplicable {
  std::string capability{};
};

/// Runs a case; throws nothing.
CaseResult run_case(const char* name, const std::function<void()>& run);

/// Throws `CaseFailed` with `wrong`, which says what was seen, if the condition does not hold.
void expect(bool condition, std::string_view wrong);
/// Throws `CaseFailed` unless `call` throws an `Error` with this code.
void expect_error(Errc code, const std::function<void()>& call);
/// Ends the case if the disk lacks the capability; `call` must be refused then.
void need(bool capability, std::string_view name, const std::function<void()>& call);

PutResult put(Disk& disk, std::string_view key, std::string_view text,
              Overwrite overwrite = Overwrite::never);
/// The whole file or a range of it; nothing if there is no file.
std::optional<std::string> get(Disk& disk, std::string_view key,
                               std::optional<ByteRange> range = std::nullopt);
bool exists(Disk& disk, std::string_view key);
/// Bytes that differ from place to place.
std::string pattern(std::size_t size);

/// The texts of the files' keys.
std::vector<std::string> keys(const Listing& listing);

/// Gives a text; calls a function when half of it has been read.
class HalfwayReader : public Reader {
 public:
  HalfwayReader(std::string text, std::function<void()> halfway)
      : text_(std::move(text)), halfway_(std::move(halfway)) {}

  std::size_t read(std::span<std::byte> buffer) override;
  std::optional<std::int64_t> size() const override {
    return static_cast<std::int64_t>(text_.size());
  }

 private:
  std::string text_;
  std::function<void()> halfway_;
  std::size_t done_ = 0;
};

}  // namespace affix::testing
