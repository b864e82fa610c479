#include "testing/disk_cases.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

namespace affix::testing {

CaseResult run_case(const char* name, const std::function<void()>& run) {
  using Status = CaseResult::Status;
  try {
    run();
    return {.name = name};
  } catch (const CaseFailed& failed) {
    return {name, Status::failed, failed.seen};
  } catch (const CaseNotApplicable& reason) {
    return {name, Status::not_applicable, reason.capability};
  } catch (const std::exception& exception) {
    return {name, Status::failed, exception.what()};
  } catch (...) {
    return {name, Status::failed, "an exception that is no std::exception"};
  }
}

void expect(bool condition, std::string_view wrong) {
  if (!condition) throw CaseFailed{std::string(wrong)};
}

void expect_error(Errc code, const std::function<void()>& call) {
  const std::string wanted = "expected " + std::string(name(code));
  try {
    call();
  } catch (const Error& error) {
    expect(error.code() == code, wanted + ", got " + error.what());
    return;
  }
  throw CaseFailed{wanted + ", got no error"};
}

void need(bool capability, std::string_view name, const std::function<void()>& call) {
  if (capability) return;
  expect_error(Errc::unsupported, call);
  throw CaseNotApplicable{std::string(name)};
}

PutResult put(Disk& disk, std::string_view key, std::string_view text, Overwrite overwrite) {
  const auto content = make_view_reader(as_bytes(text));
  return disk.put(Key::parse(key), *content, {.overwrite = overwrite});
}

std::optional<std::string> get(Disk& disk, std::string_view key, std::optional<ByteRange> range) {
  try {
    return read_all(*disk.open(Key::parse(key), range));
  } catch (const Error& error) {
    if (error.code() == Errc::file_not_found) return std::nullopt;
    throw;
  }
}

bool exists(Disk& disk, std::string_view key) { return disk.exists(Key::parse(key)); }

std::string pattern(std::size_t size) {
  constexpr std::size_t prime = 65521;
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * i % prime);
  return text;
}

std::vector<std::string> keys(const Listing& listing) {
  std::vector<std::string> texts;
  for (const FileInfo& file : listing.files) texts.push_back(file.key.text());
  return texts;
}

std::size_t HalfwayReader::read(std::span<std::byte> buffer) {
  const std::size_t half = text_.size() / 2;
  if (done_ == half && halfway_) std::exchange(halfway_, nullptr)();
  const std::size_t end = done_ < half ? half : text_.size();
  const std::size_t count = std::min(buffer.size(), end - done_);
  if (count > 0) std::memcpy(buffer.data(), text_.data() + done_, count);
  done_ += count;
  return count;
}

}  // namespace affix::testing
