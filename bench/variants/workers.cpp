#include "variants/workers.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>

#include "affix/conversion/content_type.hpp"
#include "affix/conversion/vips_converter.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/storage/local_disk.hpp"
#include "variants/command.hpp"
#include "variants/process.hpp"
#include "variants/sets.hpp"

namespace affix::bench {
namespace {

using nlohmann::json;
using std::filesystem::path;
using Serve = std::function<json(const json& request)>;

constexpr int busy_jobs = 4;

class Stopwatch {
 public:
  double milliseconds() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration<double, std::milli>(passed).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::string read(const path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return std::move(bytes).str();
}

void write(const path& file, std::string_view bytes) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::size_t write(const path& directory, const std::vector<MadeVariant>& variants) {
  std::size_t bytes = 0;
  for (const MadeVariant& variant : variants) {
    if (variant.error) throw Error(*variant.error);
    write(directory / (variant.name + "." + variant.file->extension), variant.file->bytes);
    bytes += variant.file->bytes.size();
  }
  return bytes;
}

/// As one job, or as several at once.
json convert(const Converter& converter, const json& request, int jobs = 1) {
  const VariantSet set = variant_set(request.at("set").get<std::string>());
  const std::string bytes = read(request.at("source").get<std::string>());
  const auto work = [&] {
    const auto content = std::as_bytes(std::span(bytes));
    const std::string type = detect_type(content);
    return converter.convert({.bytes = content, .mime_type = type, .presets = set.presets});
  };
  const Stopwatch stopwatch;
  std::vector<std::future<Conversion>> others;
  for (int i = 1; i < jobs; ++i) others.push_back(std::async(std::launch::async, work));
  const Conversion made = work();
  for (auto& other : others) other.get();
  const double milliseconds = stopwatch.milliseconds();
  return {{"ms", milliseconds},
          {"bytes", write(request.at("directory").get<std::string>(), made.variants)}};
}

json create(AttachmentManager& files, const json& request) {
  std::vector<std::string> names;
  for (const Preset& preset : files.presets()) names.push_back(preset.name);
  const path source = request.at("source").get<std::string>();
  const std::string bytes = read(source);
  const Stopwatch stopwatch;
  auto pending = files.create(
      Source::from_memory(bytes, "photograph" + source.extension().string()), {.variants = names});
  const double milliseconds = stopwatch.milliseconds();
  std::int64_t stored = 0;
  for (const auto& [name, variant] : pending.preview().variants) stored += variant.size;
  files.discard(std::move(pending));
  return {{"ms", milliseconds}, {"bytes", stored}};
}

Serve creating(Durability durability) {
  return [durability](const json& request) {
    const path root = path(request.at("directory").get<std::string>()) / "disk";
    std::filesystem::create_directories(root);
    AttachmentManager files(
        {.disks = {{"local", make_local_disk({.root = root, .durability = durability})}},
         .converter = make_vips_converter(),
         .presets = variant_set(request.at("set").get<std::string>()).presets});
    return create(files, request);
  };
}

json call(const MakeCommand& make_command, const json& request) {
  double memory = 0;
  const Stopwatch stopwatch;
  for (const json& variant : request.at("variants")) {
    memory = std::max(memory, run(make_command(request, variant)));
  }
  const double milliseconds = stopwatch.milliseconds();
  std::uintmax_t bytes = 0;
  for (const json& variant : request.at("variants")) {
    bytes += std::filesystem::file_size(output_of(request, variant));
  }
  return {{"ms", milliseconds}, {"bytes", bytes}, {"memory_mb", memory}};
}

Serve worker(std::string_view kind) {
  if (kind == "affix" || kind == "affix-busy") {
    // No peer has a process of its own for what is risky.
    return [converter = make_vips_converter({.isolation = Isolation::never}),
            jobs = kind == "affix" ? 1 : busy_jobs](const json& request) {
      return convert(*converter, request, jobs);
    };
  }
  if (kind == "affix-isolated") {
    return [converter =
                make_vips_converter({.isolation = Isolation::always, .worker = AFFIX_CONVERT})](
               const json& request) { return convert(*converter, request); };
  }
  if (kind == "affix-create") return creating(Durability::full);
  if (kind == "affix-create-kill-safe") return creating(Durability::kill_safe);
  const MakeCommand make_command = command_of(kind);
  return [make_command](const json& request) { return call(make_command, request); };
}

json answer(const Serve& serve_one, const json& request) {
  try {
    return serve_one(request);
  } catch (const Error& error) {
    return {{"failed", error.code() == Errc::unsupported ? "unsupported" : error.what()}};
  } catch (const std::exception& error) {
    return {{"failed", error.what()}};
  }
}

}  // namespace

void serve(std::string_view kind) {
  const Serve serve_one = worker(kind);
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer(serve_one, json::parse(line)).dump() << std::endl;
  }
}

}  // namespace affix::bench
