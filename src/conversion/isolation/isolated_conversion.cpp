#include "conversion/isolation/isolated_conversion.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "affix/storage/reader.hpp"
#include "conversion/isolation/frame.hpp"
#include "conversion/isolation/job_json.hpp"
#include "conversion/isolation/worker_process.hpp"

namespace affix::detail {
namespace {

[[noreturn]] void fail(std::string_view message, std::string_view cause) {
  throw Error(Errc::conversion_failed, message, {}, cause);
}

/// The job as a file in memory, which the other process maps.
UniqueFd request_of(const ConversionJob& job, const VipsConverterOptions& options) {
  UniqueFd file(::memfd_create("affix", MFD_CLOEXEC));
  if (!file) fail("There is no memory for another process", std::strerror(errno));
  const std::string start = frame_start(print_job(job, options), job.bytes.size());
  try {
    write_bytes(file.get(), as_bytes(start));
    write_bytes(file.get(), job.bytes);
  } catch (const std::system_error& error) {
    fail("There is no memory for another process", error.what());
  }
  return file;
}

FrameReader::Time end_of(const VipsConverterOptions& options) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(
             std::chrono::duration<double>(options.max_seconds));
}

class Isolated {
 public:
  Isolated(const ConversionJob& job, const VipsConverterOptions& options)
      : job_(job),
        worker_(options.worker, request_of(job, options)),
        frames_(worker_.results(), end_of(options), options.max_memory) {
    result_.variants.resize(job.presets.size());
  }

  Conversion run() {
    while (!is_done_) {
      const MadeVariant* made = step();
      if (failure_ && !is_decoded_) throw Error(*failure_);
      if (failure_) break;
      if (made != nullptr) tell(*made);
    }
    if (failure_) fail_the_rest();
    return std::move(result_);
  }

 private:
  static bool is_made(const MadeVariant& variant) { return variant.file || variant.error; }

  /// Takes what comes next; the variant, if it is one.
  const MadeVariant* step() {
    std::string cause;
    try {
      std::optional<Frame> frame = frames_.next();
      if (frame) return take(std::move(*frame));
    } catch (const FrameReader::TimeOver&) {
      worker_.kill();
      failure_.emplace(Errc::conversion_failed, "The conversion takes too long");
      return nullptr;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      worker_.kill();
      cause = std::string(error.what()).append(", ");
    }
    failure_.emplace(Errc::conversion_failed, "The program affix-convert has ended in the middle",
                     Where(), cause.append(worker_.wait()));
    return nullptr;
  }

  const MadeVariant* take(Frame frame) {
    const nlohmann::json& header = frame.header;
    if (header.contains("failed")) throw parse_error(header.at("failed"));
    if (header.contains("variant")) return take_variant(header, std::move(frame.payload));
    if (header.contains("done")) finish(header);
    is_decoded_ = true;
    return nullptr;
  }

  void fail_the_rest() {
    for (std::size_t i = 0; i < job_.presets.size(); ++i) {
      MadeVariant& variant = result_.variants[i];
      if (is_made(variant)) continue;
      const Preset& preset = job_.presets[i];
      variant = {.name = preset.name,
                 .digest = digest(preset),
                 .error = failure_->with({.variant = preset.name})};
      tell(variant);
    }
  }

  void finish(const nlohmann::json& header) {
    for (const MadeVariant& variant : result_.variants) {
      if (!is_made(variant)) throw std::runtime_error("a variant is missing");
    }
    constexpr std::size_t longest_placeholder = 1'000;
    result_.placeholder = header.at("done").get<std::string>();
    if (result_.placeholder.size() > longest_placeholder) throw std::runtime_error("odd text");
    is_done_ = true;
  }

  const MadeVariant* take_variant(const nlohmann::json& header, std::string bytes) {
    const std::size_t index = header.at("variant");
    if (index >= result_.variants.size() || is_made(result_.variants[index])) {
      throw std::runtime_error("a variant that nobody asked for");
    }
    result_.variants[index] = parse_variant(header, std::move(bytes), job_.presets[index]);
    return &result_.variants[index];
  }

  void tell(const MadeVariant& variant) const {
    if (job_.made) job_.made(variant);
  }

  const ConversionJob& job_;
  WorkerProcess worker_;
  FrameReader frames_;
  Conversion result_;
  std::optional<Error> failure_;
  bool is_decoded_ = false;
  bool is_done_ = false;
};

}  // namespace

Conversion convert_isolated(const ConversionJob& job, const VipsConverterOptions& options) {
  return Isolated(job, options).run();
}

}  // namespace affix::detail
