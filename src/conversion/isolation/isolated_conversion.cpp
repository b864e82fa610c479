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
UniqueFd request_of(const nlohmann::json& header, std::span<const std::byte> bytes) {
  UniqueFd file(::memfd_create("affix", MFD_CLOEXEC));
  if (!file) fail("There is no memory for another process", std::strerror(errno));
  const std::string start = frame_start(header, bytes.size());
  try {
    write_bytes(file.get(), as_bytes(start));
    write_bytes(file.get(), bytes);
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

/// A run of the program and what it says.
class Run {
 public:
  Run(UniqueFd request, const VipsConverterOptions& options)
      : worker_(options.worker, request),
        frames_(worker_.results(), end_of(options), options.max_memory) {}

  /// Passes the next frame to `take`. Why there is none, or none that `take` accepts: the run is
  /// over then. Throws the error that the program has told.
  template <class Take>
  std::optional<Error> step(Take take) {
    std::string cause;
    try {
      std::optional<Frame> frame = frames_.next();
      if (frame && frame->header.contains("failed")) {
        throw Error(parse_error(frame->header.at("failed")));
      }
      if (frame) {
        take(std::move(*frame));
        return std::nullopt;
      }
    } catch (const FrameReader::TimeOver&) {
      worker_.kill();
      return Error(Errc::conversion_failed, "The conversion takes too long");
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      worker_.kill();
      cause = std::string(error.what()).append(", ");
    }
    return Error(Errc::conversion_failed, "The program affix-convert has ended in the middle", {},
                 cause.append(worker_.wait()));
  }

 private:
  WorkerProcess worker_;
  FrameReader frames_;
};

class Isolated {
 public:
  Isolated(const ConversionJob& job, const VipsConverterOptions& options)
      : job_(job), run_(request_of(print_job(job, options), job.bytes), options) {
    result_.variants.resize(job.presets.size());
  }

  Conversion run() {
    while (!is_done_) {
      made_ = nullptr;
      const std::optional<Error> failure = run_.step([&](Frame frame) { take(std::move(frame)); });
      if (failure && !is_decoded_) throw Error(*failure);
      if (failure) {
        fail_the_rest(*failure);
        break;
      }
      // Not inside of the step: what the caller throws is no failure of the program.
      if (made_ != nullptr) tell(*made_);
    }
    return std::move(result_);
  }

 private:
  static bool is_made(const MadeVariant& variant) { return variant.file || variant.error; }

  void take(Frame frame) {
    const nlohmann::json& header = frame.header;
    if (header.contains("variant")) return take_variant(header, std::move(frame.payload));
    if (header.contains("done")) finish(header);
    is_decoded_ = true;
  }

  void fail_the_rest(const Error& failure) {
    for (std::size_t i = 0; i < job_.presets.size(); ++i) {
      MadeVariant& variant = result_.variants[i];
      if (is_made(variant)) continue;
      const Preset& preset = job_.presets[i];
      variant = {.name = preset.name,
                 .digest = digest(preset),
                 .error = failure.with({.variant = preset.name})};
      tell(variant);
    }
  }

  void finish(const nlohmann::json& header) {
    for (const MadeVariant& variant : result_.variants) {
      if (!is_made(variant)) throw std::runtime_error("a variant is missing");
    }
    Conversion whole = parse_previews(header.at("done"));
    whole.variants = std::move(result_.variants);
    result_ = std::move(whole);
    is_done_ = true;
  }

  void take_variant(const nlohmann::json& header, std::string bytes) {
    const std::size_t index = parse_index(header, result_.variants.size());
    if (is_made(result_.variants[index]))
      throw std::runtime_error("a variant that was made before");
    result_.variants[index] = parse_variant(header, std::move(bytes), job_.presets[index]);
    made_ = &result_.variants[index];
  }

  void tell(const MadeVariant& variant) const {
    if (job_.made) job_.made(variant);
  }

  const ConversionJob& job_;
  Run run_;
  Conversion result_;
  const MadeVariant* made_ = nullptr;
  bool is_decoded_ = false;
  bool is_done_ = false;
};

}  // namespace

Conversion convert_isolated(const ConversionJob& job, const VipsConverterOptions& options) {
  return Isolated(job, options).run();
}

Inspection inspect_isolated(std::span<const std::byte> bytes, std::string_view mime_type,
                            const VipsConverterOptions& options) {
  Run run(request_of(print_inspection_job(mime_type, options), bytes), options);
  Inspection inspection;
  const std::optional<Error> failure = run.step(
      [&](const Frame& frame) { inspection = parse_inspection(frame.header.at("inspection")); });
  if (failure) throw Error(*failure);
  return inspection;
}

}  // namespace affix::detail
