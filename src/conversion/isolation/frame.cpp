#include "conversion/isolation/frame.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace affix::detail {
namespace {

using Lengths = std::array<std::uint64_t, 2>;

constexpr std::uint64_t max_header = 1 << 20;

nlohmann::json parse_header(std::string_view text) {
  constexpr int max_depth = 16;
  const auto bounded = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > max_depth) throw std::runtime_error("a header that is nested too deeply");
    return true;
  };
  return nlohmann::json::parse(text, bounded);
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

std::string frame_start(const nlohmann::json& header, std::size_t payload) {
  const std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const Lengths lengths{text.size(), payload};
  std::string start(sizeof(lengths), '\0');
  std::memcpy(start.data(), lengths.data(), sizeof(lengths));
  return start + text;
}

void write_bytes(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

MappedFrame parse_frame(std::span<const std::byte> bytes) {
  Lengths lengths{};
  if (bytes.size() < sizeof(lengths)) throw std::runtime_error("no frame");
  std::memcpy(lengths.data(), bytes.data(), sizeof(lengths));
  const auto rest = bytes.subspan(sizeof(lengths));
  const auto [header, payload] = lengths;
  if (header > rest.size() || payload != rest.size() - header) {
    throw std::runtime_error("no whole frame");
  }
  return {parse_header({reinterpret_cast<const char*>(rest.data()), header}), rest.subspan(header)};
}

std::optional<Frame> FrameReader::next() {
  Lengths lengths{};
  if (!read_exactly(reinterpret_cast<char*>(lengths.data()), sizeof(lengths))) return std::nullopt;
  const auto [header, payload] = lengths;
  if (header > max_header || payload > left_) {
    throw std::runtime_error("a frame that is too large");
  }
  left_ -= payload;
  Frame frame{.header = parse_header(read_text(header))};
  frame.payload = read_text(payload);
  return frame;
}

/// Grows with what comes, not with what is announced.
std::string FrameReader::read_text(std::size_t size) {
  constexpr std::size_t at_once = 4 << 20;
  std::string text;
  while (text.size() < size) {
    const std::size_t before = text.size();
    text.resize(before + std::min(at_once, size - before));
    if (!read_exactly(text.data() + before, text.size() - before)) {
      throw std::runtime_error("a frame that ends too early");
    }
  }
  return text;
}

bool FrameReader::read_exactly(char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    wait();
    const ssize_t got = ::read(fd_, to + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read");
    if (got == 0 && done == 0) return false;
    if (got == 0) throw std::runtime_error("a frame that ends too early");
    done += static_cast<std::size_t>(got);
  }
  return true;
}

void FrameReader::wait() const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw TimeOver();
    pollfd waited{.fd = fd_, .events = POLLIN, .revents = 0};
    const auto at_most = std::min<std::int64_t>(left.count(), 60'000);
    const int ready = ::poll(&waited, 1, static_cast<int>(at_most));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) fail("poll");
  }
}

}  // namespace affix::detail
