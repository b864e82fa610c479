#include "affix/storage/source.hpp"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "affix/storage/checksum.hpp"
#include "affix/value/error.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/temporary_directory.hpp"

using namespace affix;
using affix::tests::code_of;
using affix::tests::TemporaryDirectory;
using namespace std::string_literals;

namespace {

std::string bytes_of(Source source) { return read_all(*source.open()); }

std::filesystem::path picture() { return tests::picture_path("chelsea.png"); }

}  // namespace

TEST_CASE("a path gives the bytes of its file and its last segment") {
  Source source = Source::from_path(picture());
  CHECK(source.file_name() == "chelsea.png");
  CHECK(source.claimed_type().empty());
  const auto reader = source.open();
  const std::string expected = tests::read_file(picture());
  REQUIRE(expected.size() > 100'000);
  CHECK(reader->size() == static_cast<std::int64_t>(expected.size()));
  CHECK(read_all(*reader) == expected);
}

TEST_CASE("a path that is no regular file is refused when it is opened") {
  const TemporaryDirectory directory;
  CHECK(code_of([&] { bytes_of(Source::from_path(directory.path() / "missing")); }) ==
        Errc::file_not_found);
  CHECK(code_of([&] { bytes_of(Source::from_path(directory.path())); }) == Errc::storage);
  const auto pipe = directory.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(code_of([&] { bytes_of(Source::from_path(pipe)); }) == Errc::storage);
}

TEST_CASE("a file that becomes shorter while it is read is an error") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "file";
  std::ofstream(path) << std::string(1000, 'x');
  Source source = Source::from_path(path);
  const auto reader = source.open();
  std::filesystem::resize_file(path, 10);
  CHECK(code_of([&] { read_all(*reader); }) == Errc::storage);
}

TEST_CASE("bytes, views and streams are sources") {
  const std::string text = "some\0bytes"s;
  CHECK(bytes_of(Source::from_memory(text, "a")) == text);
  CHECK(bytes_of(Source::from_view(as_bytes(text), "a")) == text);
  std::istringstream stream(text);
  Source source = Source::from_stream(stream, "../name.txt");
  CHECK(source.file_name() == "../name.txt");
  const auto reader = source.open();
  CHECK_FALSE(reader->size());
  CHECK(read_all(*reader) == text);
}

TEST_CASE("an empty stream is empty and a broken one is an error") {
  std::istringstream empty;
  CHECK(bytes_of(Source::from_stream(empty, "a")).empty());
  std::ifstream unopened("/nonexistent/file");
  CHECK(code_of([&] { bytes_of(Source::from_stream(unopened, "a")); }) == Errc::storage);
  std::istringstream bad("text");
  bad.setstate(std::ios::badbit);
  CHECK(code_of([&] { bytes_of(Source::from_stream(bad, "a")); }) == Errc::storage);
  std::ifstream throwing("/nonexistent/file");
  throwing.clear();
  throwing.exceptions(std::ios::badbit | std::ios::failbit);
  CHECK(code_of([&] { bytes_of(Source::from_stream(throwing, "a")); }) == Errc::storage);
}

TEST_CASE("a source can be opened once") {
  Source source = Source::from_memory("a", "a");
  source.open();
  CHECK(code_of([&] { source.open(); }) == Errc::invalid_state);
}

TEST_CASE("a function is a source and is called when the bytes are wanted") {
  int calls = 0;
  Source source = Source::from_reader(
      [&] {
        ++calls;
        return make_memory_reader("late");
      },
      "a");
  Source moved = std::move(source);
  CHECK(calls == 0);
  CHECK(read_all(*moved.open()) == "late");
  CHECK(calls == 1);
  CHECK(code_of([] { Source::from_reader({}, "a"); }) == Errc::invalid_argument);
}

TEST_CASE("base64 of RFC 4648 is read in both alphabets, with and without padding") {
  const std::vector<std::pair<const char*, const char*>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"},
                                                                 {"f", "Zg"},
                                                                 {"fo", "Zm8"},
                                                                 {"foo", " Zm\r\n9v\t"},
                                                                 {"\xFB\xFF", "+/8="},
                                                                 {"\xFB\xFF", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(bytes_of(Source::from_base64(text, "a")) == bytes);
  }
}

TEST_CASE("what is no base64 is refused at once") {
  for (const char* text : {"Z", "Zg=", "Zg===", "Z===", "====", "=", "Zm8=Zm8=", "Zm9v=",
                           "Zm9v====", "Zm9!", "+_8=", "Zh==", "Zm9=", "Zm9v\xC3\xA9", "Zm8=a"}) {
    INFO(text);
    CHECK(code_of([&] { Source::from_base64(text, "a"); }) == Errc::invalid_argument);
  }
  CHECK(code_of([] { Source::from_base64("Zm9v\0"s, "a"); }) == Errc::invalid_argument);
}

TEST_CASE("a real picture survives base64") {
  const std::string command = "base64 " + picture().string();
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) {
    text.append(buffer, count);
  }
  ::pclose(pipe);
  CHECK(bytes_of(Source::from_base64(text, "a")) == tests::read_file(picture()));
}

TEST_CASE("[2 adonis] a data URI may have dots, digits and parameters in its type") {
  struct Example {
    const char* uri;
    const char* type;
    const char* name;
    const char* bytes;
  };
  const std::vector<Example> examples{
      {"data:image/png;base64,Zm9v", "image/png", "file.png", "foo"},
      {"data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,Zm9v",
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file.docx",
       "foo"},
      {"data:audio/mp4;base64,Zm9v", "audio/mp4", "file.m4a", "foo"},
      {"data:Image/SVG+xml;charset=utf-8,%3Csvg/%3E", "image/svg+xml", "file.svg", "<svg/>"},
      {"data:text/plain;charset=utf-8;base64,Zm9v", "text/plain", "file.txt", "foo"},
      {"data:text/plain;name=a%20b.txt;charset=utf-8,x", "text/plain", "a b.txt", "x"},
      {"data:text/plain;filename=%22q;.txt%22,x", "text/plain", "", ""},
      {"data:text/plain;filename=%22q.txt%22;base64,Zm9v", "text/plain", "q.txt", "foo"},
      {"data:image/jpeg;NAME=%C3%A9.jpg;base64,Zm9v", "image/jpeg", "\xC3\xA9.jpg", "foo"},
      {"DATA:text/plain;BASE64,Zm9v", "text/plain", "file.txt", "foo"},
      {"data:,a%2Cb,c", "", "file.bin", "a,b,c"},
      {"data:;charset=utf-8,x", "", "file.bin", "x"},
      {"data:;base64,Zm9v", "", "file.bin", "foo"},
      {"data:text/plain,", "text/plain", "file.txt", ""},
      {"data:image/png;base64,Zg%3D%3D", "image/png", "file.png", "f"},
      {"data:image/png;base64,Zm\n9v", "image/png", "file.png", "foo"}};
  for (const Example& example : examples) {
    INFO(example.uri);
    if (std::string(example.name).empty()) {
      CHECK(code_of([&] { Source::from_data_uri(example.uri); }) == Errc::invalid_argument);
      continue;
    }
    Source source = Source::from_data_uri(example.uri);
    CHECK(source.claimed_type() == example.type);
    CHECK(source.file_name() == example.name);
    CHECK(bytes_of(std::move(source)) == example.bytes);
  }
}

TEST_CASE("the name that is given wins over the one in a data URI") {
  CHECK(Source::from_data_uri("data:text/plain;name=a.txt,x", "b.txt").file_name() == "b.txt");
}

TEST_CASE("what is no data URI is refused at once") {
  for (const char* uri : {"",
                          "data:",
                          "data",
                          "data:image/png;base64",
                          "http://a/b,c",
                          "data:image,x",
                          "data:/png,x",
                          "data:image/png;,x",
                          "data:image/png;utf8,x",
                          "data:image/png;=x,x",
                          "data:text/plain,%",
                          "data:text/plain,%4",
                          "data:text/plain,%zz",
                          "data:image/png;base64,Z",
                          "data:a b/c,x",
                          "data:image/png;base64;name=a,Zm9v",
                          "data:text/plain,a b",
                          "data:text/plain,<svg>",
                          "data:text/plain,a#b",
                          "data:text/plain,\xC3\xA9",
                          "data:text/plain;name=%zz,x",
                          " data:text/plain,x"}) {
    INFO(uri);
    CHECK(code_of([&] { Source::from_data_uri(uri); }) == Errc::invalid_argument);
  }
}
