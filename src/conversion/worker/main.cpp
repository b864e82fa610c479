#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <string>
#include <system_error>

#include "affix/storage/reader.hpp"
#include "conversion/isolation/frame.hpp"
#include "conversion/isolation/job_json.hpp"
#include "conversion/isolation/worker_process.hpp"
#include "conversion/vips/aom.hpp"
#include "conversion/vips/conversion.hpp"
#include "conversion/vips/library.hpp"
#include "conversion/worker/confinement.hpp"

// affix-convert: does one conversion, from a file that it was given open, and ends. Whatever the
// picture does to it, it has nothing to lose.

namespace {

using namespace affix;
using namespace affix::detail;

std::span<const std::byte> map_request() {
  struct stat status {};
  if (::fstat(request_fd, &status) != 0) return {};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, request_fd, 0);
  if (memory == MAP_FAILED) return {};
  return {static_cast<const std::byte*>(memory), size};
}

void send(const nlohmann::json& header, std::string_view payload = {}) {
  write_bytes(results_fd, as_bytes(frame_start(header, payload.size())));
  write_bytes(results_fd, as_bytes(payload));
}

void send_variant(const MadeVariant& made, const std::vector<Preset>& presets) {
  const auto preset = std::ranges::find(presets, made.name, &Preset::name);
  const auto index = static_cast<std::size_t>(preset - presets.begin());
  send(print_variant(index, made), made.file ? std::string_view(made.file->bytes) : "");
}

void work_on(const MappedFrame& request) {
  const ParsedJob job = parse_job(request.header);
  allow_all_formats();
  // Afterwards its library could not be opened.
  has_old_aom();
  confine({.max_seconds = job.limits.max_seconds,
           .max_memory = job.limits.max_memory,
           .may_read_files = is_document(job.mime_type)});
  if (job.is_inspection) {
    const Inspection found = inspect_here(request.payload, job.mime_type, job.limits);
    return send({{"inspection", print_inspection(found)}});
  }
  const auto made = [&](const MadeVariant& variant) { send_variant(variant, job.presets); };
  const Conversion result = convert_here({.bytes = request.payload,
                                          .mime_type = job.mime_type,
                                          .presets = job.presets,
                                          .made = made,
                                          .previews = job.previews},
                                         job.limits, [] {
                                           send({{"decoded", true}});
                                         });
  send({{"done", print_previews(result)}});
}

int run() {
  try {
    const std::span<const std::byte> request = map_request();
    if (request.empty()) {
      std::fputs("affix-convert is started by affix and does nothing by itself.\n", stderr);
      return 2;
    }
    work_on(parse_frame(request));
  } catch (const Error& error) {
    send({{"failed", print_error(error)}});
  }
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  int code = 1;
  try {
    // Nobody would read what comes of it. Who is no child of the one that started it is too late.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (argument_count > 1 && std::to_string(::getppid()) != arguments[1]) ::_exit(1);
    code = run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "affix-convert: %s\n", error.what());
  }
  // Without the ends of libraries, which take time and can go wrong.
  ::_exit(code);
}
