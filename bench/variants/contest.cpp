#include "variants/contest.hpp"

#include <sched.h>

#include <exception>
#include <memory>

#include "variants/process.hpp"

namespace affix::bench {
namespace {

using nlohmann::json;
using std::filesystem::path;

/// New processes inherit it.
class RealTime {
 public:
  RealTime() {
    const sched_param lowest{.sched_priority = 1};
    is_active_ = ::sched_setscheduler(0, SCHED_RR, &lowest) == 0;
  }
  RealTime(const RealTime&) = delete;
  RealTime& operator=(const RealTime&) = delete;
  ~RealTime() {
    const sched_param none{.sched_priority = 0};
    if (is_active_) ::sched_setscheduler(0, SCHED_OTHER, &none);
  }

  bool is_active() const noexcept { return is_active_; }

 private:
  bool is_active_ = false;
};

class Player {
 public:
  Player(const Contest& contest, const Contestant& contestant)
      : directory_(contest.outputs / contestant.name), result_{.name = contestant.name} {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    request_ = json{{"set", contest.set.name},
                    {"source", contest.source.path.string()},
                    {"directory", directory_.string()},
                    {"variants", as_request(contest.set)}}
                   .dump();
    guarded([&] { process_ = std::make_unique<Process>(contestant.command); });
    play();
    result_.milliseconds.clear();
  }

  void play() {
    guarded([this] {
      const json answer = json::parse(process_->ask(request_));
      result_.failed = answer.value("failed", "");
      if (!result_.failed.empty()) return;
      result_.milliseconds.push_back(answer.at("ms").get<double>());
      result_.bytes = answer.at("bytes").get<std::int64_t>();
      result_.memory = answer.value("memory_mb", process_->peak_memory());
    });
  }

  /// Ends the process.
  Result finish(const Contest& contest, const Reference& reference) {
    process_.reset();
    guarded([&] {
      Likeness sum;
      for (const json& variant : as_request(contest.set)) {
        const auto name = variant.at("name").get<std::string>();
        const path file = directory_ / (name + "." + variant.at("extension").get<std::string>());
        if (!std::filesystem::exists(file)) return;
        const Likeness one = reference.likeness(file, preset_of(contest.set, name));
        sum.similarity += one.similarity;
        sum.decibels += one.decibels;
      }
      const auto count = static_cast<double>(contest.set.presets.size());
      result_.likeness = {sum.similarity / count, sum.decibels / count};
    });
    return result_;
  }

 private:
  static const Preset& preset_of(const VariantSet& set, const std::string& name) {
    for (const Preset& preset : set.presets) {
      if (preset.name == name) return preset;
    }
    throw std::logic_error("a variant of another set");
  }

  template <class Action>
  void guarded(const Action& action) {
    if (!result_.failed.empty()) return;
    try {
      action();
    } catch (const std::exception& error) {
      result_.failed = error.what();
    }
  }

  path directory_;
  std::string request_;
  std::unique_ptr<Process> process_;
  Result result_;
};

using Players = std::vector<std::unique_ptr<Player>>;

Players play(const Contest& contest) {
  const RealTime real_time;
  Players players;
  for (const Contestant& contestant : contest.contestants) {
    players.push_back(std::make_unique<Player>(contest, contestant));
  }
  for (int round = 0; round < contest.rounds; ++round) {
    for (std::size_t turn = 0; turn < players.size(); ++turn) {
      players[(static_cast<std::size_t>(round) + turn) % players.size()]->play();
    }
  }
  return players;
}

}  // namespace

std::vector<Result> hold(const Contest& contest) {
  const Players players = play(contest);
  const Reference reference(contest.source.path);
  std::vector<Result> results;
  for (const auto& player : players) results.push_back(player->finish(contest, reference));
  return results;
}

bool is_real_time_allowed() { return RealTime().is_active(); }

}  // namespace affix::bench
