#include "conversion/vips/png_source.hpp"

#ifdef AFFIX_WITH_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#endif

namespace affix::detail {

#ifdef AFFIX_WITH_ISAL
namespace {

constexpr std::size_t signature_length = 8;
constexpr std::size_t around_chunk = 12;  // Length, type and check sum.
constexpr std::size_t most_in_block = 65'535;

std::uint8_t* unsigned_bytes(Bytes bytes) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::uint32_t check_sum(Bytes bytes) {
  return crc32_gzip_refl(0, unsigned_bytes(bytes), bytes.size());
}

/// More than the pixels of this header can be in their rows, interlaced or not.
std::uint64_t most_unpacked(Bytes file) {
  constexpr std::size_t before_size = signature_length + 8;
  constexpr std::uint64_t largest_pixel = 8;
  ByteReader reader(file);
  reader.skip(before_size);
  const std::uint64_t width = reader.u32();
  const std::uint64_t height = reader.u32();
  return 2 * (width * largest_pixel + 8) * (height + 8);
}

/// One chunk IDAT with one block that is not packed.
class PixelChunk {
 public:
  std::span<std::uint8_t> room() { return std::span(bytes_).subspan(data_at, most_in_block); }

  /// With so much of the room filled.
  Bytes finished(std::size_t count, bool is_first, bool is_last) {
    sum_ = isal_adler32(sum_, bytes_.data() + data_at, count);
    const std::size_t begin = is_first ? stream_at : block_at;
    std::size_t end = data_at + count;
    if (is_first) put(begin, 0x7801, 2);  // What a stream of zlib begins with.
    put(block_at, is_last ? 1 : 0, 1);
    put_swapped(block_at + 1, count);
    put_swapped(block_at + 3, ~count);
    if (is_last) put(std::exchange(end, end + 4), sum_, 4);
    put(begin - 4, pixel_type, 4);
    put(begin - 8, end - begin, 4);
    const Bytes summed = std::as_bytes(std::span(bytes_)).subspan(begin - 4, end - begin + 4);
    put(end, check_sum(summed), 4);
    return std::as_bytes(std::span(bytes_)).subspan(begin - 8, end - begin + around_chunk);
  }

 private:
  static constexpr std::size_t stream_at = 8;
  static constexpr std::size_t block_at = 10;
  static constexpr std::size_t data_at = 15;
  static constexpr std::uint32_t pixel_type = 0x49444154;  // IDAT.

  void put(std::size_t at, std::uint64_t number, std::size_t width) {
    for (std::size_t index = width; index-- > 0; number >>= 8) {
      bytes_[at + index] = static_cast<std::uint8_t>(number);
    }
  }
  void put_swapped(std::size_t at, std::size_t number) {
    bytes_[at] = static_cast<std::uint8_t>(number);
    bytes_[at + 1] = static_cast<std::uint8_t>(number >> 8);
  }

  std::uint32_t sum_ = 1;
  std::array<std::uint8_t, data_at + most_in_block + 8> bytes_{};
};

class Repacking {
 public:
  explicit Repacking(Bytes file) : left_(most_unpacked(file)), reader_(file) {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_ZLIB;
    ready_ = reader_.take(signature_length);
  }

  std::size_t read(std::span<std::byte> to) {
    if (ready_.empty() && reader_.left() > 0) ready_ = next();
    const std::size_t count = std::min(ready_.size(), to.size());
    std::memcpy(to.data(), ready_.data(), count);
    ready_ = ready_.subspan(count);
    return count;
  }

 private:
  /// The next chunk, of the file or one with pixels.
  Bytes next() {
    if (!has_ended_ && (has_begun_ || is_pixels(reader_))) {
      const Bytes chunk = unpacked();
      if (has_ended_) skip_pixels();
      return chunk;
    }
    return chunk_of(reader_);
  }

  static bool is_pixels(ByteReader reader) {
    reader.skip(4);
    return reader.text(4) == "IDAT";
  }

  static Bytes chunk_of(ByteReader& reader) {
    ByteReader ahead = reader;
    return reader.take(std::uint64_t{ahead.u32()} + around_chunk);
  }

  Bytes unpacked();
  bool feed();
  void skip_pixels() {
    while (feed()) {
    }
  }

  inflate_state state_{};
  PixelChunk chunk_{};
  bool has_begun_ = false;
  bool has_ended_ = false;
  std::uint64_t left_;
  ByteReader reader_;
  Bytes ready_{};
};

/// Gives the next part of the packed pixels to ISA-L; false if there is none.
bool Repacking::feed() {
  if (reader_.left() == 0 || !is_pixels(reader_)) return false;
  const Bytes chunk = chunk_of(reader_);
  const Bytes summed = chunk.subspan(4, chunk.size() - 8);
  if (check_sum(summed) != ByteReader(chunk.last(4)).u32()) refuse_broken();
  const Bytes packed = summed.subspan(4);
  state_.next_in = unsigned_bytes(packed);
  state_.avail_in = static_cast<std::uint32_t>(packed.size());
  return true;
}

Bytes Repacking::unpacked() {
  const std::size_t room = std::min<std::uint64_t>(chunk_.room().size(), left_);
  state_.next_out = chunk_.room().data();
  state_.avail_out = static_cast<std::uint32_t>(room);
  while (state_.avail_out > 0 && !has_ended_) {
    const bool has_input = state_.avail_in > 0 || feed();
    const int result = isal_inflate(&state_);
    // That of all pixels together may be wrong, as libpng has it; those of the chunks may not.
    const bool is_wrong_sum = result == ISAL_INCORRECT_CHECKSUM;
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT && !is_wrong_sum) refuse_broken();
    has_ended_ = is_wrong_sum || state_.block_state == ISAL_BLOCK_FINISH ||
                 (!has_input && state_.avail_out > 0);
  }
  const std::size_t count = room - state_.avail_out;
  left_ -= count;
  has_ended_ = has_ended_ || left_ == 0;
  return chunk_.finished(count, !std::exchange(has_begun_, true), has_ended_);
}

/// ISA-L leaves the upper halves of vector registers filled. While they are, a processor takes a
/// multiple of the time for the instructions that libvips computes with: with transparency a third
/// to a half of a whole conversion was lost.
class CleanRegisters {
 public:
  CleanRegisters() = default;
  CleanRegisters(const CleanRegisters&) = delete;
  CleanRegisters& operator=(const CleanRegisters&) = delete;
#ifdef __x86_64__
  ~CleanRegisters() {
    if (__builtin_cpu_supports("avx")) clear();
  }

 private:
  __attribute__((target("avx"))) static void clear() { __builtin_ia32_vzeroupper(); }
#endif
};

/// Called by libvips, on any thread, but on one at a time.
gint64 read(VipsSourceCustom* /*source*/, void* buffer, gint64 length, gpointer repacking) {
  [[maybe_unused]] const CleanRegisters afterwards;
  try {
    const std::span to(static_cast<std::byte*>(buffer), static_cast<std::size_t>(length));
    return static_cast<gint64>(static_cast<Repacking*>(repacking)->read(to));
  } catch (const std::exception&) {
    return -1;
  }
}

}  // namespace

vips::VSource png_source(Bytes bytes) {
  auto repacking = std::make_unique<Repacking>(bytes);
  VipsSourceCustom* source = vips_source_custom_new();
  if (!source) throw vips::VError();
  g_signal_connect_data(
      source, "read", G_CALLBACK(read), repacking.release(),
      [](gpointer data, GClosure*) { delete static_cast<Repacking*>(data); }, GConnectFlags{});
  return vips::VSource(VIPS_SOURCE(source));
}

#else

vips::VSource png_source(Bytes bytes) {
  return vips::VSource::new_from_memory(bytes.data(), bytes.size());
}

#endif

}  // namespace affix::detail
