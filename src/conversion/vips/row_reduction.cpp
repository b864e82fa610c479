#include "conversion/vips/row_reduction.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <utility>

namespace affix::detail {
namespace {

/// Four neighbouring values, with which a processor computes at once.
using Four = float __attribute__((vector_size(16)));

/// So many values more are read or written behind the last one of a row.
constexpr std::size_t room_behind = 3;

Four load(const float* from) {
  Four values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

double lanczos(double x) {
  constexpr double lobes = 3;
  if (x == 0) return 1;
  if (std::abs(x) >= lobes) return 0;
  const double turn = std::numbers::pi * x;
  return lobes * std::sin(turn) * std::sin(turn / lobes) / (turn * turn);
}

/// Without what is nothing at its ends, and so that all adds up to one.
Blend normalized(std::size_t first, std::vector<double> parts) {
  constexpr double nothing = 1e-7;
  const auto counts = [](double part) { return std::abs(part) > nothing; };
  const auto begin = std::ranges::find_if(parts, counts);
  const auto end = std::find_if(parts.rbegin(), parts.rend(), counts).base();
  double total = 0;
  for (auto part = begin; part != end; ++part) total += *part;
  Blend blend{.first = first + static_cast<std::size_t>(begin - parts.begin())};
  for (auto part = begin; part != end; ++part) {
    blend.parts.push_back(static_cast<float>(*part / total));
  }
  return blend;
}

/// How many blends have a row in common, at most.
std::size_t most_at_once(const std::vector<Blend>& blends) {
  std::size_t most = 1;
  std::size_t first = 0;
  for (std::size_t last = 0; last < blends.size(); ++last) {
    while (blends[first].end() <= blends[last].first) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

/// `sums += part * row`, or without the sums where there are none yet.
void set_part(float* sums, const float* row, float part, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] = part * row[i];
}
void add_part(float* sums, const float* row, float part, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += part * row[i];
}

}  // namespace

std::vector<Blend> mean_blends(int from, int to) {
  std::vector<Blend> blends;
  // In parts of an old pixel of which it has `to`, since fractions would be rounded.
  const std::int64_t width = from;
  for (std::int64_t begin = 0; begin < width * to; begin += width) {
    const std::int64_t end = begin + width;
    std::vector<double> parts;
    for (std::int64_t at = begin / to; at * to < end; ++at) {
      parts.push_back(double(std::min(end, (at + 1) * to) - std::max(begin, at * to)));
    }
    blends.push_back(normalized(static_cast<std::size_t>(begin / to), std::move(parts)));
  }
  return blends;
}

std::vector<Blend> lanczos_blends(int from, int to) {
  constexpr double lobes = 3;
  const double width = double(from) / to;
  std::vector<Blend> blends;
  for (int line = 0; line < to; ++line) {
    const double middle = (line + 0.5) * width - 0.5;
    const auto begin = static_cast<int>(std::ceil(middle - lobes * width));
    const auto end = static_cast<int>(std::floor(middle + lobes * width));
    const int first = std::max(begin, 0);
    const int last = std::min(end, from - 1);
    std::vector<double> parts(static_cast<std::size_t>(last - first + 1));
    for (int at = begin; at <= end; ++at) {
      parts[static_cast<std::size_t>(std::clamp(at, first, last) - first)] +=
          lanczos((at - middle) / width);
    }
    blends.push_back(normalized(static_cast<std::size_t>(first), std::move(parts)));
  }
  return blends;
}

RowReduction::RowReduction(std::vector<Blend> across, std::vector<Blend> down, std::size_t width,
                           std::size_t bands, Next next)
    : across_(std::move(across)),
      down_(std::move(down)),
      bands_(bands),
      values_(width * bands),
      next_(std::move(next)),
      sums_(most_at_once(down_), std::vector<float>(values_ + room_behind)),
      finished_(across_.size() * bands + room_behind) {}

void RowReduction::add(const float* row) {
  for (std::size_t line = done_; line < begun_; ++line) {
    const Blend& blend = down_[line];
    add_part(sum_of(line).data(), row, blend.parts[row_ - blend.first], values_);
  }
  for (; begun_ < down_.size() && down_[begun_].first == row_; ++begun_) {
    set_part(sum_of(begun_).data(), row, down_[begun_].parts.front(), values_);
  }
  ++row_;
  for (; done_ < begun_ && down_[done_].end() == row_; ++done_) {
    reduce_across(sum_of(done_).data());
  }
}

void RowReduction::reduce_across(const float* row) {
  float* to = finished_.data();
  for (const Blend& blend : across_) {
    const float* from = row + blend.first * bands_;
    Four total{};
    for (const float part : blend.parts) {
      total += part * load(from);
      from += bands_;
    }
    std::memcpy(to, &total, sizeof total);  // What is too much is overwritten by the next one.
    to += bands_;
  }
  next_(finished_.data());
}

}  // namespace affix::detail
