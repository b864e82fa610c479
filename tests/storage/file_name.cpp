#include "affix/storage/file_name.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "affix/storage/key.hpp"
#include "catch.hpp"
#include "value/utf8.hpp"

using affix::Key;
using affix::sanitize_file_name;
using affix::slug;
using namespace std::string_literals;

namespace {

/// Not inlined, because g++ 12 warns without reason where such a text is joined with another.
[[gnu::noinline]] std::string repeated(std::size_t count, char c) { return std::string(count, c); }

/// Names that people or attackers give, each also behind and in front of others.
std::vector<std::string> hostile_names() {
  const std::vector<std::string> seeds{"../../etc/passwd"s,
                                       "..\\..\\windows\\win.ini"s,
                                       "%2e%2e%2fetc%2fpasswd"s,
                                       "..%2f"s,
                                       ".."s,
                                       "."s,
                                       ""s,
                                       "/"s,
                                       "\\"s,
                                       "a/"s,
                                       "/etc/passwd"s,
                                       "C:\\a.txt"s,
                                       "\\\\host\\share"s,
                                       "a\0b.jpg"s,
                                       "\0"s,
                                       "x.php\0.jpg"s,
                                       "\xE2\x80\xAEgpj.exe"s,
                                       "a\xE2\x80\x8B.txt"s,
                                       "\xEF\xBB\xBF.txt"s,
                                       "CON"s,
                                       "con.txt"s,
                                       "NUL."s,
                                       "aux .txt"s,
                                       "COM1.jpg"s,
                                       "LPT\xC2\xB2"s,
                                       "conout$"s,
                                       repeated(300, 'a'),
                                       repeated(300, 'a') + ".jpg",
                                       "x." + repeated(300, 'y'),
                                       repeated(400, '.'),
                                       repeated(300, ' '),
                                       "\xFF\xFE"s,
                                       "\xC3"s,
                                       "a\xC3.jpg"s,
                                       "\xED\xA0\x80"s,
                                       "\xF5\x80\x80\x80"s,
                                       "\xC0\xAF"s,
                                       "-rf"s,
                                       "--help.txt"s,
                                       "name."s,
                                       "name "s,
                                       "name. . ."s,
                                       " name"s,
                                       ".htaccess"s,
                                       "..."s,
                                       "\xF0\x9F\x98\x80.png"s,
                                       "\xF0\x9F\x98\x80"s,
                                       "a<b>c:d\"e|f?g*h"s,
                                       "line\nbreak"s,
                                       "\r\n"s,
                                       "tab\there"s,
                                       "\x7F"s,
                                       "variants"s,
                                       "variants.jpg"s,
                                       "a;rm -rf ~"s,
                                       "$(id)"s,
                                       "`id`"s,
                                       "file.jpg.exe"s,
                                       "..jpg"s,
                                       "a..b"s,
                                       "...a"s,
                                       "%00"s,
                                       "%"s,
                                       "&lt;"s,
                                       "'"s,
                                       "\""s,
                                       "\xE6\x97\xA5\xE6\x9C\xAC.jpg"s,
                                       "e\xCC\x81t\xC3\xA9.txt"s,
                                       repeated(100, '\xF0') + ".jpg"};
  std::vector<std::string> names;
  for (const std::string& seed : seeds) {
    names.insert(names.end(), {seed, "x" + seed, seed + ".jpg", "a/" + seed});
  }
  for (int i = 0; i < 90; ++i) {  // every cut of a long name falls on another byte
    std::string name(static_cast<std::size_t>(i), 'x');
    for (int j = 0; j < 90; ++j) name += "\xE6\x97\xA5";
    names.push_back(name + ".jpg");
  }
  return names;
}

bool is_slug(const std::string& text) {
  const auto is_allowed = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '.' || c == '_' || c == '-');
  };
  return !text.empty() && text.size() <= 100 && std::isalnum(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

}  // namespace

TEST_CASE("[2.3] a hostile file name becomes a harmless one") {
  const auto names = hostile_names();
  REQUIRE(names.size() > 200);
  for (const std::string& name : names) {
    const std::string clean = sanitize_file_name(name);
    INFO(name << " became " << clean);
    CHECK_FALSE(clean.empty());
    CHECK(clean.size() <= 255);
    CHECK(affix::detail::is_utf8(clean));
    CHECK(clean.find_first_of("/\\<>:\"|?*"s + '\0') == std::string::npos);
    CHECK(std::none_of(clean.begin(), clean.end(),
                       [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
    CHECK(clean.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(clean.find("\xE2\x80\x8B") == std::string::npos);
    CHECK((clean.front() != '.' && clean.front() != ' '));
    CHECK((clean.back() != '.' && clean.back() != ' '));
    CHECK(sanitize_file_name(clean) == clean);
  }
}

TEST_CASE("[2.3] a slug of a hostile file name is one segment of a key") {
  for (const std::string& name : hostile_names()) {
    const std::string text = slug(name, "jpg");
    INFO(name << " became " << text);
    CHECK(is_slug(text));
    CHECK(text.ends_with(".jpg"));
    CHECK(text != "variants");
    CHECK(Key::parse("a/" + text).file_name() == text);
    CHECK(slug(text, "jpg") == text);
  }
}

TEST_CASE("a good file name comes back as it is") {
  for (const char* name :
       {"photo.jpg", "Bericht Q3 (final).pdf", "日本.jpg", "été.txt", "e\xCC\x81.txt", "😀.png",
        "archive.tar.gz", "README", "100%.txt", "a..b", "-rf", "concept", "COM10", "~a"}) {
    CHECK(sanitize_file_name(name) == name);
  }
}

TEST_CASE("what a file name loses and keeps") {
  CHECK(sanitize_file_name("../../etc/passwd") == "passwd");
  CHECK(sanitize_file_name("C:\\Users\\Ada\\ada.jpg") == "ada.jpg");
  CHECK(sanitize_file_name("a\0b.jpg"s) == "ab.jpg");
  CHECK(sanitize_file_name("evil\xE2\x80\xAEgpj.exe") == "evilgpj.exe");
  CHECK(sanitize_file_name("bad\xFF.jpg") == "bad_.jpg");
  CHECK(sanitize_file_name("what?.jpg") == "what_.jpg");
  CHECK(sanitize_file_name(" . name. .") == "name");
  CHECK(sanitize_file_name(".htaccess") == "htaccess");
  for (const char* name : {"", ".", "..", "a/", "\x01", ". ."}) {
    CHECK(sanitize_file_name(name) == "file");
  }
}

TEST_CASE("a name that Windows reserves gets a mark in front") {
  for (const char* name :
       {"CON", "con.txt", "nul", "aux .txt", "Com1.jpg", "LPT9", "lpt²", "CONIN$"}) {
    CHECK(sanitize_file_name(name) == "_"s + name);
  }
}

TEST_CASE("a name that is too long keeps its extension") {
  const std::string name = sanitize_file_name(repeated(300, 'a') + ".jpeg");
  CHECK(name == repeated(250, 'a') + ".jpeg");
  CHECK(sanitize_file_name(repeated(300, 'a')) == repeated(255, 'a'));
}

TEST_CASE("a slug is the ASCII form of a name with the wanted extension") {
  CHECK(slug("photo.jpg", "jpg") == "photo.jpg");
  CHECK(slug("photo.JPG", "png") == "photo.png");
  CHECK(slug("README", "txt") == "README.txt");
  CHECK(slug("archive.tar.gz", "gz") == "archive.tar.gz");
  CHECK(slug("Dr. Who", "jpg") == "Dr.-Who.jpg");
  CHECK(slug("été à Zürich.jpg", "jpg") == "ete-a-Zurich.jpg");
  CHECK(slug("Łódź Straße Ærø.png", "png") == "Lodz-Strasse-AEro.png");
  CHECK(slug("Ước Đặng ț ǎ.txt", "txt") == "Uoc-Dang-t-a.txt");
  CHECK(slug("e\xCC\x81te\xCC\x81.txt", "txt") == "ete.txt");
  CHECK(slug("日本.jpg", "jpg") == "file.jpg");
  CHECK(slug("日本 2024.jpg", "jpg") == "2024.jpg");
  CHECK(slug("-rf", "txt") == "rf.txt");
  CHECK(slug("a  &  b.jpg", "jpg") == "a-b.jpg");
  CHECK(slug("variants", "jpg") == "variants.jpg");
  CHECK(slug("CON", "txt") == "file-CON.txt");
  CHECK(slug(repeated(300, 'a'), "jpg") == repeated(96, 'a') + ".jpg");
}

TEST_CASE("an extension of a slug is harmless too") {
  CHECK(slug("a", "") == "a.bin");
  CHECK(slug("a", "../x") == "a.x");
  CHECK(slug("a", "JPG") == "a.jpg");
  CHECK(slug("a", repeated(300, 'x')) == "a.xxxxxxxxxx");
}
