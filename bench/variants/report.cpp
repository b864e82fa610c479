#include "variants/report.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness.hpp"
#include "variants/goals.hpp"

namespace affix::bench {
namespace {

using nlohmann::ordered_json;

/// What one side of a row says; all null if it has failed.
void add_figures(ordered_json& row, const std::string& who, const Result& result) {
  const bool has_figures = result.failed.empty();
  const auto add = [&](const char* what, const ordered_json& value) {
    row[who + what] = has_figures ? value : ordered_json();
  };
  add("_ms", has_figures ? rounded(median(result.milliseconds)) : 0);
  add("_rss_mb", rounded(result.memory));
  add("_bytes", result.bytes);
  const auto& likeness = result.likeness;
  add("_ssim",
      likeness ? ordered_json(std::round(likeness->similarity * 1e5) / 1e5) : ordered_json());
  add("_psnr", likeness ? ordered_json(rounded(likeness->decibels)) : ordered_json());
}

/// The median over the rounds, of the two times of each.
double speedup(const Result& ours, const Result& peer) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < ours.milliseconds.size(); ++round) {
    ratios.push_back(peer.milliseconds[round] / ours.milliseconds[round]);
  }
  return median(std::move(ratios));
}

double load() {
  double average = 0;
  return ::getloadavg(&average, 1) == 1 ? average : 0;
}

std::string note(const Result& ours, const Result& peer) {
  if (!ours.failed.empty()) return ours.failed;
  return peer.failed.empty() ? "" : peer.name + ": " + peer.failed;
}

ordered_json as_row(const Contest& contest, const Result& ours, const Result& peer) {
  ordered_json row{{"set", contest.set.name},
                   {"source", contest.source.name},
                   {"ours", ours.name},
                   {"peer", peer.name}};
  add_figures(row, "ours", ours);
  add_figures(row, "peer", peer);
  const bool is_comparable = ours.failed.empty() && peer.failed.empty();
  row["speedup"] = is_comparable ? ordered_json(rounded(speedup(ours, peer))) : ordered_json();
  const auto wanted = goal(contest.set.name, contest.source.name, peer.name);
  if (wanted) row["goal"] = *wanted;
  if (!is_comparable) row["note"] = note(ours, peer);
  row["rounds"] = contest.rounds;
  row["load"] = load();
  return row;
}

std::string text(const ordered_json& row, const char* member, const char* format) {
  if (!row.contains(member) || row[member].is_null()) return "-";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, row[member].get<double>());
  return buffer;
}

/// Why a row has no figures, or who is ours if not the converter and the goals that are missed.
std::string verdict(const ordered_json& row) {
  if (row.contains("note")) return row["note"].get<std::string>();
  std::string text;
  if (row["ours"] != "affix") text = row["ours"].get<std::string>();
  if (row.contains("goal") && row["speedup"] < row["goal"]) text.append("slower than the goal ");
  if (row["ours"] != "affix" || row["peer"] != "sharp-serial") return text;
  if (row["ours_rss_mb"] >= row["peer_rss_mb"]) text.append("more memory ");
  constexpr double tolerated_decibels = 0.3;
  const bool is_measured = row["ours_psnr"].is_number() && row["peer_psnr"].is_number();
  if (is_measured &&
      row["ours_psnr"].get<double>() < row["peer_psnr"].get<double>() - tolerated_decibels) {
    text.append("more noise");
  }
  return text;
}

void print(const ordered_json& row) {
  const auto word = [&](const char* member) { return row[member].get<std::string>(); };
  std::printf("%-8s %-22s %-16s %8s %8s %7s %5s %7s %7s %9s %9s %8s %8s %6s %6s  %s\n",
              word("set").c_str(), word("source").c_str(), word("peer").c_str(),
              text(row, "ours_ms", "%.1f").c_str(), text(row, "peer_ms", "%.1f").c_str(),
              text(row, "speedup", "%.2f").c_str(), text(row, "goal", "%.2f").c_str(),
              text(row, "ours_rss_mb", "%.0f").c_str(), text(row, "peer_rss_mb", "%.0f").c_str(),
              text(row, "ours_bytes", "%.0f").c_str(), text(row, "peer_bytes", "%.0f").c_str(),
              text(row, "ours_ssim", "%.4f").c_str(), text(row, "peer_ssim", "%.4f").c_str(),
              text(row, "ours_psnr", "%.2f").c_str(), text(row, "peer_psnr", "%.2f").c_str(),
              verdict(row).c_str());
  std::fflush(stdout);
}

}  // namespace

Report::Report(const std::filesystem::path& file) : lines_(file) {
  if (!lines_) throw std::runtime_error("cannot write to " + file.string());
  std::printf(
      "milliseconds (%s, load %.1f); ours, then the peer's; MB at most; bytes; similarity; dB\n",
      is_real_time_allowed() ? "real time" : "no real time", load());
  std::printf("%-8s %-22s %-16s %8s %8s %7s %5s %7s %7s %9s %9s %8s %8s %6s %6s\n", "set", "source",
              "peer", "ours", "peer", "speedup", "goal", "MB", "MB", "bytes", "bytes", "ssim",
              "ssim", "psnr", "psnr");
}

void Report::add(const Contest& contest, const std::vector<Result>& results) {
  for (std::size_t i = 1; i < results.size(); ++i) add_row(contest, results.front(), results[i]);
}

void Report::add_row(const Contest& contest, const Result& ours, const Result& peer) {
  const ordered_json row = as_row(contest, ours, peer);
  print(row);
  lines_ << row.dump() << '\n' << std::flush;
}

}  // namespace affix::bench
