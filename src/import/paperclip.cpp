#include "affix/import/paperclip.hpp"

#include <array>
#include <utility>

#include "import/foreign_time.hpp"
#include "import/import_builder.hpp"

namespace affix {
namespace {

std::string in_threes(const std::string& digits) {
  constexpr std::size_t length = 3;
  std::string path;
  for (std::size_t i = 0; i + length <= digits.size(); i += length) {
    path = detail::join_path(path, digits.substr(i, length));
  }
  return path;
}

/// `000/001/234` for 1234; of a text the first nine characters.
std::string partition(const std::variant<std::int64_t, std::string>& id) {
  constexpr std::size_t width = 9;
  constexpr std::size_t wide = 12;
  const auto* number = std::get_if<std::int64_t>(&id);
  std::string text = number ? std::to_string(*number) : std::get<std::string>(id);
  if (!number) text.resize(std::min(text.size(), width));
  const std::size_t digits = text.size() > width ? wide : width;
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return in_threes(text);
}

/// Puts what the template asks for into the path of one style.
class Template {
 public:
  Template(const PaperclipRow& row, const PaperclipOptions& options)
      : row_(row), options_(options), name_(detail::split_name(*row.file_name)) {}

  std::string path(const PaperclipStyle& style) const {
    std::string result;
    std::string_view rest = options_.path;
    while (rest.starts_with('/')) rest.remove_prefix(1);
    while (!rest.empty()) {
      const std::size_t colon = std::min(rest.find(':'), rest.size());
      result += rest.substr(0, colon);
      rest.remove_prefix(colon);
      if (!rest.empty()) result += take_word(rest, style);
    }
    return result;
  }

 private:
  using Word = std::string (Template::*)(const PaperclipStyle&) const;
  struct Known {
    std::string_view word;
    Word value;
  };

  /// Takes a word with its colon from the front, and returns what stands for it.
  std::string take_word(std::string_view& rest, const PaperclipStyle& style) const {
    // A word that another one starts with comes behind it.
    static constexpr std::array<Known, 10> words{{{":id_partition", &Template::id_partition},
                                                  {":fingerprint", &Template::fingerprint},
                                                  {":attachment", &Template::attachment},
                                                  {":updated_at", &Template::updated_at},
                                                  {":extension", &Template::extension},
                                                  {":basename", &Template::basename},
                                                  {":filename", &Template::filename},
                                                  {":class", &Template::class_name},
                                                  {":style", &Template::style_name},
                                                  {":id", &Template::id}}};
    for (const auto& [word, value] : words) {
      if (!rest.starts_with(word)) continue;
      rest.remove_prefix(word.size());
      return (this->*value)(style);
    }
    throw Error(Errc::invalid_argument, "The template has a word that is not known",
                {.member = "path"}, rest);
  }

  std::string id_partition(const PaperclipStyle&) const { return partition(row_.id); }
  std::string fingerprint(const PaperclipStyle&) const { return row_.fingerprint.value_or(""); }
  std::string attachment(const PaperclipStyle&) const { return options_.attachment; }
  std::string class_name(const PaperclipStyle&) const { return options_.class_name; }
  std::string style_name(const PaperclipStyle& style) const { return style.name; }
  std::string basename(const PaperclipStyle&) const { return std::string(name_.stem); }

  std::string extension(const PaperclipStyle& style) const {
    if (!style.format.empty()) return style.format;
    return std::string(name_.extension.empty() ? name_.extension : name_.extension.substr(1));
  }

  std::string filename(const PaperclipStyle& style) const {
    const std::string last = extension(style);
    std::string name(name_.stem);
    if (!last.empty()) name.append(".").append(last);
    return name;
  }

  std::string id(const PaperclipStyle&) const {
    const auto* number = std::get_if<std::int64_t>(&row_.id);
    return number ? std::to_string(*number) : std::get<std::string>(row_.id);
  }

  /// Seconds since 1970.
  std::string updated_at(const PaperclipStyle&) const {
    const auto time = detail::parse_foreign_time(row_.updated_at.value_or(""));
    if (!time) return {};
    return std::to_string(std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch() /
                          std::chrono::seconds(1));
  }

  const PaperclipRow& row_;
  const PaperclipOptions& options_;
  detail::NameParts name_;
};

}  // namespace

Imported import_paperclip(const PaperclipRow& row, const PaperclipOptions& options) {
  if (!row.file_name || row.file_name->empty()) return {};
  const Template paths(row, options);
  detail::ImportBuilder builder("paperclip", options.ids);
  builder.set_file({.place = options.place,
                    .path = paths.path({.name = options.original_style}),
                    .mime_type = row.content_type,
                    .size = row.file_size},
                   row.file_name);
  builder.set_time(row.created_at ? row.created_at : row.updated_at);
  builder.keep_column("fingerprint", row.fingerprint);
  builder.keep_column("updated_at", row.updated_at);
  for (const PaperclipStyle& style : options.styles) {
    builder.add_variant(style.name, {.place = options.place, .path = paths.path(style)});
  }
  return std::move(builder).finish();
}

}  // namespace affix
