#include "conversion/scan/tiff_scan.hpp"

#include <algorithm>

#include "affix/value/error.hpp"
#include "conversion/scan/tiff_directory.hpp"

namespace affix::detail {
namespace {

constexpr std::int64_t max_pages = 10'000;
constexpr std::uint64_t max_entries = 100'000;
constexpr std::uint64_t max_channels = 64;
constexpr std::uint64_t max_bits = 64;
constexpr std::uint64_t last_orientation = 8;

namespace tag {
constexpr std::uint16_t width = 256;
constexpr std::uint16_t height = 257;
constexpr std::uint16_t bits = 258;
constexpr std::uint16_t orientation = 274;
constexpr std::uint16_t channels = 277;
constexpr std::uint16_t tile_width = 322;
constexpr std::uint16_t tile_height = 323;
constexpr std::uint16_t extra_channels = 338;
constexpr std::uint16_t profile = 34675;
}  // namespace tag

struct Page {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t tile_width = 1;
  std::uint64_t tile_height = 1;
  std::uint64_t channels = 1;
  std::uint64_t bits = 1;
  std::uint64_t orientation = 1;
  std::uint64_t profile_bytes = 0;
  bool has_alpha = false;
};

void set_number(Page& page, std::uint16_t tag, std::uint64_t value) {
  switch (tag) {
    case tag::width:
      page.width = value;
      break;
    case tag::height:
      page.height = value;
      break;
    case tag::tile_width:
      page.tile_width = value;
      break;
    case tag::tile_height:
      page.tile_height = value;
      break;
    case tag::channels:
      page.channels = value;
      break;
    case tag::bits:
      page.bits = value;
      break;
    case tag::orientation:
      page.orientation = value;
      break;
    case tag::extra_channels:
      page.has_alpha = true;
      break;
    default:
      break;
  }
}

/// Whether `directory` has been seen before. Keeps one of those seen, and a later one after each
/// power of two, which finds every circle without a list.
class CircleFinder {
 public:
  bool has_returned_to(std::uint64_t directory) {
    if (directory == kept_) return true;
    if (++steps_ == until_) {
      kept_ = directory;
      until_ *= 2;
    }
    return false;
  }

 private:
  std::uint64_t kept_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t until_ = 1;
};

class TiffScan {
 public:
  explicit TiffScan(Bytes bytes) : block_(bytes) {}

  PictureFacts run() {
    CircleFinder circle;
    PictureFacts facts{.frames = 0};
    std::uint64_t directory = block_.first_directory();
    if (directory == 0) refuse_broken();
    while (directory != 0) {
      if (circle.has_returned_to(directory)) refuse_broken();
      add(facts, read_page(directory));
      directory = next_;
    }
    return facts;
  }

 private:
  Page read_page(std::uint64_t directory) {
    ByteReader reader = block_.at(directory);
    const std::uint64_t entries = reader.number(block_.form().entry_count_width);
    if (reader.left() / block_.form().entry_size() < entries) refuse_broken();
    entries_ += entries;
    if (entries_ > max_entries) refuse_many();
    Page page;
    for (std::uint64_t index = 0; index < entries; ++index) {
      const TiffEntry entry = read_tiff_entry(reader, block_.form());
      if (entry.tag == tag::profile) page.profile_bytes = entry.count;
      if (const auto value = block_.number_of(entry)) set_number(page, entry.tag, *value);
    }
    next_ = reader.number(block_.form().offset_width);
    return page;
  }

  static void add(PictureFacts& facts, const Page& page);

  [[noreturn]] static void refuse_many() {
    throw Error(Errc::too_large, "The TIFF picture has too many parts");
  }

  TiffBlock block_;
  std::uint64_t entries_ = 0;
  std::uint64_t next_ = 0;
};

void TiffScan::add(PictureFacts& facts, const Page& page) {
  const Size size{read_side(page.width), read_side(page.height)};
  const Size tile{read_side(page.tile_width), read_side(page.tile_height)};
  if (page.channels == 0 || page.bits == 0 || page.bits > max_bits) refuse_broken();
  if (page.channels > max_channels || facts.frames == max_pages) refuse_many();
  if (facts.frames == 0) {
    const bool is_oriented = page.orientation >= 1 && page.orientation <= last_orientation;
    facts.stored = size;
    facts.bits = static_cast<int>(page.bits);
    facts.channels = std::max(facts.channels, static_cast<int>(page.channels));
    facts.has_alpha = page.has_alpha;
    facts.orientation = is_oriented ? static_cast<int>(page.orientation) : 1;
  }
  ++facts.frames;
  facts.profile_bytes = std::max(facts.profile_bytes, page.profile_bytes);
  facts.largest = enclosing(facts.largest, enclosing(size, tile));
}

}  // namespace

PictureFacts scan_tiff(Bytes bytes) { return TiffScan(bytes).run(); }

}  // namespace affix::detail
