#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace affix::detail {

/// What a pixel of a smaller line is made of: neighbours in the longer one, and the part that each
/// has in it. The parts add up to one.
struct Blend {
  std::size_t first = 0;
  std::vector<float> parts{};

  std::size_t end() const noexcept { return first + parts.size(); }
};

/// Each pixel is the mean of all that it covers, those at its edges by their share.
std::vector<Blend> mean_blends(int from, int to);

/// By the kernel of Lanczos with three lobes; what would lie beyond an edge is as the edge.
std::vector<Blend> lanczos_blends(int from, int to);

/// Takes the rows of a picture one after the other, and gives those of a smaller one as soon as it
/// can. Of the picture it keeps as many rows as blends overlap, and they are sums.
class RowReduction {
 public:
  using Next = std::function<void(const float* row)>;

  /// Both kinds of blends cover the picture without a gap. `next` gets each row, which has `bands`
  /// values for each pixel; it is gone when that returns.
  RowReduction(std::vector<Blend> across, std::vector<Blend> down, std::size_t width,
               std::size_t bands, Next next);

  /// The next row, of `width` pixels. None may come behind the last one.
  void add(const float* row);

 private:
  std::vector<float>& sum_of(std::size_t line) { return sums_[line % sums_.size()]; }
  void reduce_across(const float* row);

  const std::vector<Blend> across_;
  const std::vector<Blend> down_;
  const std::size_t bands_;
  const std::size_t values_;
  const Next next_;
  std::vector<std::vector<float>> sums_;
  std::vector<float> finished_;
  std::size_t row_ = 0;    ///< The next one that comes.
  std::size_t begun_ = 0;  ///< Lines of the smaller picture of which there is something.
  std::size_t done_ = 0;
};

}  // namespace affix::detail
