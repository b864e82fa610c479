#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "affix/storage/reader.hpp"
#include "catch.hpp"
#include "pictures.hpp"
#include "support/errors.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using namespace affix::tests;
using namespace pictures;

namespace {

VipsConverterOptions isolated() {
  return {.isolation = Isolation::always, .worker = AFFIX_CONVERT};
}

const std::vector<Preset> presets{
    {.name = "thumb", .width = 40, .height = 40},
    {.name = "large", .width = 300, .fit = Fit::inside, .format = ImageFormat::jpeg},
    {.name = "same", .format = ImageFormat::keep}};

ConversionJob job_of(std::string_view bytes, std::string_view type = "image/png") {
  return {.bytes = as_bytes(bytes), .mime_type = type, .presets = presets};
}

/// Blocks what a converter without isolation has allowed for the whole process.
class Blocked {
 public:
  Blocked() = default;
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;
  ~Blocked() {
    for (const char* name : {"Tiff", "Heif", "Jxl", "Jp2k", "Pdf", "Svg"}) {
      const std::string loader = std::string("VipsForeignLoad").append(name).append("Buffer");
      vips_operation_block_set(loader.c_str(), TRUE);
    }
  }
};

/// A program that stands in for affix-convert.
class Program {
 public:
  explicit Program(const std::string& script) : path_(directory_.path() / "affix-convert") {
    std::ofstream(path_) << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  VipsConverterOptions options() const {
    return {.max_seconds = 5, .isolation = Isolation::always, .worker = path_};
  }

 private:
  TemporaryDirectory directory_;
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a process of its own makes the same variants") {
  const std::string bytes = photograph("coffee.png");
  const auto expected = converter().convert(job_of(bytes));
  std::vector<std::string> told;
  ConversionJob job = job_of(bytes);
  job.made = [&](const MadeVariant& made) { told.push_back(made.name); };
  job.previews = {.blurhash = BlurhashDetail{}, .color = ColorPreview::mean};
  const auto found = make_vips_converter(isolated())->convert(job);
  REQUIRE(found.variants.size() == presets.size());
  CHECK(told.size() == presets.size());
  CHECK(found.placeholder == expected.placeholder);
  CHECK(found.placeholder.starts_with("thumbhash:"));
  CHECK_FALSE(found.blurhash.empty());
  CHECK(found.color.starts_with('#'));
  for (std::size_t i = 0; i < presets.size(); ++i) {
    const MadeVariant& one = found.variants[i];
    CHECK(one.name == presets[i].name);
    CHECK(one.digest == digest(presets[i]));
    REQUIRE(one.file);
    CHECK(one.file->bytes == expected.variants[i].file->bytes);
    CHECK(one.file->mime_type == expected.variants[i].file->mime_type);
    CHECK(one.file->extension == expected.variants[i].file->extension);
    CHECK(one.file->width == expected.variants[i].file->width);
    CHECK(one.file->height == expected.variants[i].file->height);
  }
}

TEST_CASE("what is wrong with a picture is the same error from a process of its own") {
  const auto other = make_vips_converter(isolated());
  const std::string cut = photograph("coffee.png").substr(0, 50'000);
  CHECK(code_of([&] { other->convert(job_of(cut)); }) == Errc::invalid_content);
  const auto strict = make_vips_converter(
      {.max_pixels = 1'000, .isolation = Isolation::always, .worker = AFFIX_CONVERT});
  CHECK(code_of([&] { strict->convert(job_of(photograph("coffee.png"))); }) == Errc::too_large);
}

TEST_CASE("one variant that fails in a process of its own does not harm the others") {
  const std::vector<Preset> some{{.name = "thumb", .width = 40},
                                 {.name = "huge",
                                  .width = 16'384,
                                  .height = 4,
                                  .fit = Fit::cover,
                                  .enlarge = Enlarge::allowed}};
  const std::string bytes = png(plain(8, 4'000, red));
  const auto made =
      make_vips_converter(isolated())
          ->convert({.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = some});
  CHECK(made.variants[0].file);
  REQUIRE(made.variants[1].error);
  CHECK(made.variants[1].error->code() == Errc::conversion_failed);
  CHECK(made.variants[1].error->where().variant == "huge");
}

TEST_CASE("only risky conversions leave the process, unless asked for otherwise") {
  const auto without = make_vips_converter({.worker = "/nowhere/affix-convert"});
  const std::string bytes = photograph("coffee.png");
  CHECK(without->convert(job_of(bytes)).variants.size() == presets.size());
  const std::vector<Preset> avif{{.name = "a", .width = 40, .format = ImageFormat::avif}};
  const ConversionJob risky{.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = avif};
  const auto error = error_of([&] { without->convert(risky); });
  REQUIRE(error);
  CHECK(error->code() == Errc::unsupported);
  CHECK(error->cause() == "/nowhere/affix-convert");
  const Blocked again;
  const auto never =
      make_vips_converter({.isolation = Isolation::never, .worker = "/nowhere/affix-convert"});
  CHECK(never->convert(risky).variants.front().file);
  const auto always =
      make_vips_converter({.isolation = Isolation::always, .worker = "/nowhere/affix-convert"});
  CHECK(code_of([&] { always->convert(job_of(bytes)); }) == Errc::unsupported);
}

TEST_CASE("a conversion that takes too long is ended, and what was made before is kept") {
  VipsConverterOptions options = isolated();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  options.max_seconds = 6;  // In which the fast one is made.
#else
  options.max_seconds = 1.5;
#endif
  const std::vector<Preset> slow{{.name = "fast", .width = 40},
                                 {.name = "slow",
                                  .width = 4'000,
                                  .format = ImageFormat::avif,
                                  .effort = 9,
                                  .enlarge = Enlarge::allowed}};
  const std::string bytes = photograph("coffee.png");
  const auto start = std::chrono::steady_clock::now();
  const auto made = make_vips_converter(options)->convert(
      {.bytes = as_bytes(bytes), .mime_type = "image/png", .presets = slow});
  CHECK(std::chrono::steady_clock::now() - start <
        std::chrono::duration<double>(options.max_seconds + 8));
  REQUIRE(made.variants[1].error);
  CHECK(made.variants[1].error->code() == Errc::conversion_failed);
  CHECK(made.variants[1].error->message() == "The conversion takes too long");
}

TEST_CASE("a program that crashes, hangs or talks nonsense is an error of the conversion") {
  const std::string bytes = photograph("coffee.png");
  const auto failure = [&](const std::string& script) {
    const Program program(script);
    VipsConverterOptions options = program.options();
    if (script.find("sleep") != script.npos) options.max_seconds = 0.2;
    const auto error = error_of([&] { make_vips_converter(options)->convert(job_of(bytes)); });
    REQUIRE(error);
    CHECK(error->code() == Errc::conversion_failed);
    return std::string(error->cause());
  };
  CHECK(failure("kill -SEGV $$") == "signal 11");
  CHECK(failure("kill -ABRT $$") == "signal 6");
  CHECK(failure("exit 3") == "exit code 3");
  CHECK(failure("exec sleep 60").empty());
  CHECK(failure("yes >&4").find("too large") != std::string::npos);
  CHECK(failure("printf 'short' >&4").find("too early") != std::string::npos);
}

TEST_CASE("what a process of its own says is not believed") {
  const std::string bytes = photograph("coffee.png");
  const auto failure = [&](const std::string& header) {
    const std::string length(1, static_cast<char>(header.size()));
    const std::string start = length + std::string(15, '\0') + header;
    TemporaryDirectory directory;
    std::ofstream(directory.path() / "frames") << start;
    const Program program("cat '" + (directory.path() / "frames").string() + "' >&4");
    const auto error =
        error_of([&] { make_vips_converter(program.options())->convert(job_of(bytes)); });
    REQUIRE(error);
    CHECK(error->code() == Errc::conversion_failed);
    return std::string(error->cause());
  };
  CHECK(failure(R"({"variant":7})").find("out of bounds") != std::string::npos);
  CHECK(failure(R"({"variant":-1})").find("out of bounds") != std::string::npos);
  CHECK(failure(R"({"variant":1e300})").find("no whole number") != std::string::npos);
  CHECK(failure(R"({"variant":18446744073709551615})").find("bounds") != std::string::npos);
  CHECK(failure(R"({"failed":{"code":1e99,"cause":""}})").find("no whole") != std::string::npos);
  CHECK(failure(R"({"variant":0,"digest":"00000000"})").find("another") != std::string::npos);
  CHECK(failure(R"({"done":["","",""]})").find("missing") != std::string::npos);
  CHECK(failure(R"([1,2)").find("parse error") != std::string::npos);
  CHECK(failure(R"({"failed":{"code":22,"cause":"x"}})").find("odd") != std::string::npos);
}

TEST_CASE("whatever descriptors are open, a process of its own gets the right ones") {
  const auto other = make_vips_converter(isolated());
  const std::string bytes = photograph("coffee.png");
  std::vector<int> open;
  while (open.empty() || open.back() < 110) {
    CHECK(other->convert(job_of(bytes)).variants.front().file);
    for (int i = 0; i < (open.empty() || open.back() < 94 ? 8 : 1); ++i) {
      open.push_back(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    }
  }
  for (const int descriptor : open) ::close(descriptor);
}

TEST_CASE("a process that was forked behind libvips' back says so instead of waiting for ever") {
  const std::string bytes = photograph("coffee.png");
  CHECK(converter().convert(job_of(bytes)).variants.front().file);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const auto error = error_of([&] { converter().convert(job_of(bytes)); });
    ::_exit(error && error->code() == Errc::invalid_state ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("a process of its own has neither descriptors nor environment of this one") {
  TemporaryDirectory directory;
  const std::string list = (directory.path() / "list").string();
  const Program program("{ ls /proc/$$/fd; env; } > '" + list + "'");
  ::setenv("AFFIX_TEST_SECRET", "sesame", 1);
  const int leaking = ::dup2(STDIN_FILENO, 57);  // Not closed on exec.
  const std::string bytes = photograph("coffee.png");
  CHECK_THROWS_AS(make_vips_converter(program.options())->convert(job_of(bytes)), Error);
  ::close(leaking);
  ::unsetenv("AFFIX_TEST_SECRET");
  std::ifstream file(list);
  const std::string seen{std::istreambuf_iterator<char>(file), {}};
  CHECK(seen.find("sesame") == std::string::npos);
  CHECK(seen.find("PWD") != std::string::npos);
  CHECK(seen.starts_with("0\n1\n"));
  CHECK(seen.find("\n57\n") == std::string::npos);
}
