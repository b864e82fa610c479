#include "rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace affix::tools {
namespace {

namespace fs = std::filesystem;
using Layers = std::set<std::string, std::less<>>;

/// `soci` is the layer of the serializers; `SOCI` stands for the library itself.
const std::map<std::string, Layers, std::less<>> uses = {
    {"value", {"value"}},
    {"soci", {"value", "soci", "SOCI"}},
    {"storage", {"value", "storage"}},
    {"conversion", {"value", "storage", "conversion"}},
    {"manager", {"value", "storage", "conversion", "manager"}},
    {"umbrella", {"value", "storage", "conversion", "manager"}},
    {"persistence", {"value", "storage", "conversion", "manager", "soci", "SOCI", "persistence"}},
    {"media",
     {"value", "storage", "conversion", "manager", "soci", "SOCI", "persistence", "media"}},
    {"import",
     {"value", "storage", "conversion", "manager", "soci", "SOCI", "persistence", "media",
      "import"}},
    {"orm",
     {"value", "storage", "conversion", "manager", "soci", "SOCI", "persistence", "media", "orm"}},
};

/// Files of `testing` belong to the layer of what they test: the first of these words in their
/// name.
constexpr std::array subjects = {
    std::pair{"clock", "value"},         std::pair{"id", "value"},
    std::pair{"disk", "storage"},        std::pair{"converter", "conversion"},
    std::pair{"observer", "manager"},    std::pair{"manager", "manager"},
    std::pair{"session", "persistence"}, std::pair{"transaction", "persistence"},
    std::pair{"store", "media"},
};

constexpr std::array private_libraries = {"boost/uuid", "vips/", "openssl/", "magic.h"};

/// SOCI's folders of backends, whose headers need the client of a database.
constexpr std::array backends = {"soci/sqlite3/",  "soci/postgresql/", "soci/mysql/",
                                 "soci/firebird/", "soci/odbc/",       "soci/oracle/",
                                 "soci/db2/"};

std::string subject_of(const fs::path& file) {
  const std::string name = "_" + file.stem().string() + "_";
  for (const auto& [word, layer] : subjects) {
    if (name.find("_" + std::string(word) + "_") != std::string::npos) return layer;
  }
  return "manager";
}

bool is_testing(const fs::path& file) {
  const fs::path folder = file.parent_path();
  return std::find(folder.begin(), folder.end(), "testing") != folder.end();
}

std::string layer_of_folder(const fs::path& folder, const fs::path& file) {
  return folder == "testing" ? subject_of(file) : folder.string();
}

/// The layer of a file of the tree, by its path relative to the root.
std::string layer_of(const fs::path& file) {
  auto part = file.begin();
  const fs::path top = *part++;
  if (top == "examples" || top == "serializers") return top == "examples" ? "example" : "soci";
  if (top == "include") ++part;  // affix/
  if (std::next(part) == file.end()) return "umbrella";
  return layer_of_folder(*part, file);
}

bool is_public(const fs::path& file) {
  return *file.begin() == "include" || file.native().starts_with("serializers/include/");
}

/// The file of this tree that the name stands for, relative to the root.
std::optional<fs::path> resolve(const Include& include, const fs::path& root) {
  if (include.name.starts_with("affix/soci/")) return "serializers/include/" + include.name;
  if (include.name.starts_with("affix/")) return "include/" + include.name;
  if (include.form == Form::angled) return std::nullopt;
  for (const fs::path& folder :
       {include.file.parent_path(), fs::path("src"), fs::path("serializers/src")}) {
    const fs::path file = (folder / include.name).lexically_normal();
    if (fs::exists(root / file)) return file;
  }
  return std::nullopt;
}

/// The standard library's headers have neither a folder nor an extension.
bool is_standard(const Include& include) {
  return include.form == Form::angled && include.name.find_first_of("./") == std::string::npos;
}

bool starts_with_any(std::string_view name, std::span<const char* const> beginnings) {
  return std::ranges::any_of(beginnings, [&](const char* one) { return name.starts_with(one); });
}

std::optional<std::string> objection_to_library(const Include& include, const std::string& layer) {
  const std::string_view name = include.name;
  if (is_public(include.file) &&
      (starts_with_any(name, private_libraries) || starts_with_any(name, backends))) {
    return "a public header may not include " + include.name;
  }
  if (name.starts_with("soci/") && layer != "example" && !uses.at(layer).contains("SOCI")) {
    return layer + " may not include SOCI";
  }
  if (layer == "value" && is_public(include.file) && !is_standard(include) &&
      !name.starts_with("nlohmann/")) {
    return "a header of value may not include " + include.name;
  }
  return std::nullopt;
}

std::optional<std::string> objection_to_file(const Include& include, const std::string& layer,
                                             const fs::path& target) {
  if (*target.begin() == "src" && is_public(include.file)) {
    return "a public header may not include the private " + include.name;
  }
  if (layer == "example") {
    if (is_public(target) || *target.begin() == "examples") return std::nullopt;
    return "an example may not include the private " + include.name;
  }
  if (is_testing(target) && !is_testing(include.file)) return "only testing may include testing";
  const std::string other = layer_of(target);
  if (uses.at(layer).contains(other)) return std::nullopt;
  return layer + " may not include " + other;
}

}  // namespace

std::optional<std::string> objection(const Include& include, const fs::path& root) {
  const std::string layer = layer_of(include.file);
  if (layer != "example" && !uses.contains(layer)) return "the folder " + layer + " has no layer";
  const auto target = resolve(include, root);
  return target ? objection_to_file(include, layer, *target) : objection_to_library(include, layer);
}

}  // namespace affix::tools
