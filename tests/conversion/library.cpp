#include "conversion/vips/library.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "pictures.hpp"

using namespace pictures;

namespace {

using Names = std::vector<std::string>;

void* add_if_usable(GType type, void* names) {
  if (G_TYPE_IS_ABSTRACT(type)) return nullptr;
  auto* operation = static_cast<VipsOperationClass*>(g_type_class_ref(type));
  if ((operation->flags & VIPS_OPERATION_BLOCKED) == 0) {
    static_cast<Names*>(names)->emplace_back(g_type_name(type));
  }
  g_type_class_unref(operation);
  return nullptr;
}

/// Every kind of operation below `base` that is not blocked.
Names usable(const char* base) {
  Names names;
  vips_type_map_all(g_type_from_name(base), add_if_usable, &names);
  std::sort(names.begin(), names.end());
  return names;
}

/// What libvips says when it is to find a loader for a file by itself; empty if it found one.
std::string load_error(const std::string& path) {
  try {
    vips::VImage::new_from_file(path.c_str());
  } catch (const vips::VError& error) {
    return affix::detail::take_error_text(error);
  }
  return {};
}

class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& bytes)
      : path_(AFFIX_TEST_TMP "/" + name) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(path_.c_str()); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Disguise {
  const char* kind;
  std::string bytes;
};

/// Files of formats that libvips could read and the converter must not.
std::vector<Disguise> disguises() {
  return {{"ppm", "P6 2 2 255\n" + std::string(12, 'x')},
          {"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>"},
          {"matlab", "MATLAB 5.0 MAT-file, Platform: GLNXA64" + std::string(200, ' ')},
          {"fits", "SIMPLE  =                    T" + std::string(2880, ' ')}};
}

}  // namespace

TEST_CASE("every loader but those of the four usual formats is blocked") {
  converter();
  CHECK(usable("VipsForeignLoad") ==
        Names{"VipsForeignLoadJpegBuffer", "VipsForeignLoadNsgifBuffer", "VipsForeignLoadPngBuffer",
              "VipsForeignLoadPngSource", "VipsForeignLoadWebpBuffer"});
}

TEST_CASE("savers are left alone") {
  converter();
  const Names savers = usable("VipsForeignSave");
  CHECK(std::count(savers.begin(), savers.end(), "VipsForeignSavePpmFile") == 1);
}

TEST_CASE("a file of a blocked format under the name of a JPEG is not loadable") {
  converter();
  for (const Disguise& disguise : disguises()) {
    CAPTURE(disguise.kind);
    const TemporaryFile file("disguised_" + std::string(disguise.kind) + ".jpg", disguise.bytes);
    CHECK_FALSE(load_error(file.path()).empty());
    CHECK(refusal(disguise.bytes, "image/jpeg") == affix::Errc::invalid_content);
  }
}

TEST_CASE("what keeps libvips from loading it is the block") {
  converter();
  const TemporaryFile file("blocked_ppm.jpg", disguises().front().bytes);
  CHECK(load_error(file.path()).find("blocked") != std::string::npos);
  const Unblocked ppm("VipsForeignLoadPpmFile");
  CHECK(load_error(file.path()).empty());
}

TEST_CASE("the operation cache is off") {
  converter();
  CHECK(vips_cache_get_max() == 0);
  CHECK(vips_cache_get_max_mem() == 0);
  CHECK(vips_cache_get_max_files() == 0);
}

TEST_CASE("the library can be started from many threads at once") {
  std::vector<std::thread> threads;
  for (int count = 0; count < 8; ++count) {
    threads.emplace_back([] { affix::detail::use_library(); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(pixel(plain(4, 4, red), 1, 1) == red);
}

TEST_CASE("taking the error text empties the buffer that all threads share") {
  converter();
  vips_error("test", "%s", "words of libvips");
  const std::string text = affix::detail::take_error_text(vips::VError());
  CHECK(text.find("words of libvips") != std::string::npos);
  CHECK(std::string(vips_error_buffer()).empty());
}
