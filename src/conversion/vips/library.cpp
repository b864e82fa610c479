#include "conversion/vips/library.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>

#include "affix/value/error.hpp"

namespace affix::detail {
namespace {

constexpr int least_major = 8;
constexpr int least_minor = 13;

struct Loader {
  std::string_view mime_type;
  const char* name;
};
constexpr auto usual_loaders = std::to_array<Loader>({{"image/jpeg", "VipsForeignLoadJpegBuffer"},
                                                      {"image/png", "VipsForeignLoadPngBuffer"},
                                                      {"image/png", "VipsForeignLoadPngSource"},
                                                      {"image/webp", "VipsForeignLoadWebpBuffer"},
                                                      {"image/gif", "VipsForeignLoadNsgifBuffer"}});
constexpr auto risky_loaders =
    std::to_array<Loader>({{"image/tiff", "VipsForeignLoadTiffBuffer"},
                           {"image/avif", "VipsForeignLoadHeifBuffer"},
                           {"image/heic", "VipsForeignLoadHeifBuffer"},
                           {"image/heif", "VipsForeignLoadHeifBuffer"},
                           {"image/jxl", "VipsForeignLoadJxlBuffer"},
                           {"image/jp2", "VipsForeignLoadJp2kBuffer"},
                           {"application/pdf", "VipsForeignLoadPdfBuffer"},
                           {"image/svg+xml", "VipsForeignLoadSvgBuffer"}});

bool is_there(const Loader& loader) { return g_type_from_name(loader.name) != 0; }

void allow(std::span<const Loader> loaders) {
  for (const Loader& loader : loaders) vips_operation_block_set(loader.name, FALSE);
}

void require_version() {
  const int major = vips_version(0);
  if (major > least_major || (major == least_major && vips_version(1) >= least_minor)) return;
  throw Error(Errc::unsupported, "affix needs libvips 8.13 or newer", {}, vips_version_string());
}

void switch_cache_off() {
  vips_cache_set_max(0);
  vips_cache_set_max_mem(0);
  vips_cache_set_max_files(0);
}

void block_loaders() {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  allow(usual_loaders);
}

/// libvips writes a warning to stderr for each broken picture; the error says the same.
void discard(const char*, GLogLevelFlags, const char*, void*) {}

void start() {
  require_version();
  if (VIPS_INIT("affix") != 0) {
    throw Error(Errc::unsupported, "libvips cannot be started", {}, vips_error_buffer());
  }
  g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, discard, nullptr);
  switch_cache_off();
  block_loaders();
}

struct ThreadEnd {
  ThreadEnd() = default;
  ThreadEnd(const ThreadEnd&) = delete;
  ThreadEnd& operator=(const ThreadEnd&) = delete;
  ~ThreadEnd() { vips_thread_shutdown(); }
};

/// Its threads are not there after a fork, and it would wait for them for ever.
void require_same_process(pid_t started_in) {
  if (started_in == ::getpid()) return;
  throw Error(Errc::invalid_state,
              "This process was forked after libvips was started: use the converter only after the "
              "fork, or start another program");
}

}  // namespace

void use_library() {
  static std::once_flag started;
  static pid_t started_in = 0;
  std::call_once(started, [] {
    start();
    started_in = ::getpid();
  });
  require_same_process(started_in);
  thread_local const ThreadEnd thread_end;
  static_cast<void>(thread_end);
}

void allow_all_formats() {
  use_library();
  allow(risky_loaders);
}

bool has_loader(std::string_view mime_type) {
  use_library();
  const auto knows = [&](const Loader& loader) {
    return loader.mime_type == mime_type && is_there(loader);
  };
  return std::ranges::any_of(usual_loaders, knows) || std::ranges::any_of(risky_loaders, knows);
}

bool is_document(std::string_view mime_type) {
  return mime_type == "application/pdf" || mime_type == "image/svg+xml";
}

std::string take_error_text(const vips::VError& error) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::string text = error.what();
  vips_error_clear();
  return text;
}

}  // namespace affix::detail
