#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <vips/vips8>

#include "variants/contest.hpp"
#include "variants/report.hpp"
#include "variants/workers.hpp"

// What variants cost: affix against sharp, vipsthumbnail and ImageMagick, with the same settings
// of the encoders. docs/conversion.md says how it is measured.

namespace {

using affix::bench::Contest;
using affix::bench::Contestant;
using std::filesystem::path;

struct Options {
  bool is_quick = false;
  std::string only{};    ///< The beginning of `SET SOURCE`.
  std::string worker{};  ///< Be this worker, see workers.hpp.
  path out = std::filesystem::absolute("build/bench/variants.jsonl");
};

[[noreturn]] void end_with_usage(const char* program) {
  std::cerr << "usage: " << program << " [--quick] [--only 'SET SOURCE'] [--out FILE]\n";
  std::exit(2);
}

Options parse_options(int argument_count, char** arguments) {
  Options options;
  for (int i = 1; i < argument_count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--quick") {
      options.is_quick = true;
      continue;
    }
    if (i + 1 == argument_count) end_with_usage(arguments[0]);
    const std::string value = arguments[++i];
    if (argument == "--only") {
      options.only = value;
    } else if (argument == "--out") {
      options.out = std::filesystem::absolute(value);
    } else if (argument == "--worker") {
      options.worker = value;
    } else {
      end_with_usage(arguments[0]);
    }
  }
  return options;
}

/// One group of rows.
struct Plan {
  std::string set{};
  std::string source{};
  std::vector<std::string> peers{};
  std::string ours = "affix";  ///< A kind of worker.
};

std::vector<Plan> all_plans() {
  const std::vector<std::string> peers{"sharp-serial", "sharp-clone", "vipsthumbnail"};
  std::vector<Plan> plans;
  for (const std::string& source : affix::bench::source_names()) {
    plans.push_back({"S1", source, peers});
  }
  for (const char* source : {"jpeg-12mp", "jpeg-48mp", "png-12mp"}) {
    plans.push_back({"S2", source, peers});
  }
  for (const std::string& source : affix::bench::source_names()) {
    plans.push_back({"S4", source, {"sharp-serial", "vipsthumbnail"}});
  }
  for (const char* ours : {"affix-create", "affix-create-kill-safe", "affix-isolated"}) {
    plans.push_back({"S1", "jpeg-12mp", {"conversion-alone"}, ours});
  }
  plans.push_back({"S4", "jpeg-2mp", {"conversion-alone"}, "affix-isolated"});
  for (const char* set : {"S1", "S4"}) {
    plans.push_back({set, "jpeg-12mp", {"sharp-serial-busy", "sharp-clone-busy"}, "affix-busy"});
  }
  for (const char* set : {"S3", "S3-same"}) {
    plans.push_back({set, "jpeg-12mp", {"sharp-serial", "sharp-clone"}});
  }
  for (const char* source : {"jpeg-12mp", "png-12mp"}) {
    plans.push_back({"S1", source, {"imagemagick"}});
  }
  return plans;
}

bool is_wanted(const Plan& plan, const Options& options) {
  const std::string name = plan.set + " " + plan.source;
  if (!options.only.empty()) return name.starts_with(options.only);
  if (!options.is_quick) return true;
  return name == "S1 jpeg-12mp" || name == "S1 png-12mp" || name == "S4 jpeg-12mp";
}

class Benchmark {
 public:
  Benchmark(Options options, path program)
      : options_(std::move(options)),
        program_(std::move(program)),
        directory_(options_.out.parent_path()) {
    std::filesystem::create_directories(directory_);
  }

  void run() const {
    affix::bench::Report report(options_.out);
    for (const Plan& plan : all_plans()) {
      if (!is_wanted(plan, options_)) continue;
      const Contest contest = prepare(plan);
      report.add(contest, affix::bench::hold(contest));
    }
  }

 private:
  Contest prepare(const Plan& plan) const {
    Contest contest{.set = affix::bench::variant_set(plan.set),
                    .source = affix::bench::source_file(plan.source, directory_ / "sources"),
                    .contestants = {contestant(plan.ours)},
                    .rounds = options_.is_quick ? 3 : 7,
                    .outputs = directory_ / "outputs" / (plan.set + "-" + plan.source)};
    for (const std::string& peer : plan.peers) contest.contestants.push_back(contestant(peer));
    return contest;
  }

  Contestant contestant(const std::string& name) const {
    if (name.starts_with("sharp-")) {
      return {name, {"node", (directory_ / "peers" / "worker.mjs").string(), name}};
    }
    const std::string kind = name == "conversion-alone" ? "affix" : name;
    return {name, {program_.string(), "--worker", kind}};
  }

  Options options_;
  path program_;
  path directory_;
};

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    const Options options = parse_options(argument_count, arguments);
    if (!options.worker.empty()) {
      affix::bench::serve(options.worker);
      return 0;
    }
    if (VIPS_INIT(arguments[0]) != 0) throw std::runtime_error("libvips cannot be started");
    Benchmark(options, std::filesystem::canonical("/proc/self/exe")).run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
