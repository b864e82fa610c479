#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

namespace affix::detail {

/// A JSON document and bytes, as they are written one behind the other to a pipe or a file.
struct Frame {
  nlohmann::json header{};
  std::string payload{};
};

/// The two lengths and the document; the payload follows.
std::string frame_start(const nlohmann::json& header, std::size_t payload);

/// Writes all of it. Throws `std::system_error`.
void write_bytes(int fd, std::span<const std::byte> bytes);

/// A frame that is complete in memory: its document, and where its payload begins. Throws
/// `std::runtime_error`.
struct MappedFrame {
  nlohmann::json header{};
  std::span<const std::byte> payload{};
};
MappedFrame parse_frame(std::span<const std::byte> bytes);

/// Reads frames from a pipe whose other end is not trusted.
class FrameReader {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `max_payload` are the bytes of all frames together.
  FrameReader(int fd, Time end, std::int64_t max_payload)
      : fd_(fd), end_(end), left_(static_cast<std::uint64_t>(max_payload)) {}

  /// Nothing when the other end was closed between two frames. Throws `std::runtime_error` for what
  /// is no frame, or is larger than allowed, and `TimeOver`.
  std::optional<Frame> next();

  struct TimeOver {};

 private:
  /// False if there is nothing more to come at all.
  bool read_exactly(char* to, std::size_t size);
  std::string read_text(std::size_t size);
  void wait() const;

  int fd_;
  Time end_;
  std::uint64_t left_;
};

}  // namespace affix::detail
