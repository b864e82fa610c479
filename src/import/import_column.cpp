#include "affix/import/import_column.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "affix/soci/session_state.hpp"
#include "affix/value/json.hpp"
#include "document_text.hpp"
#include "import/foreign_json.hpp"
#include "persistence/row_access.hpp"
#include "persistence/row_pages.hpp"
#include "value/any_json.hpp"

namespace affix {
namespace {

using detail::DocumentText;
using Rows = std::span<const detail::PagedRow<DocumentText>>;

/// What a text becomes: the document of the field; empty if there is no file.
struct Converted {
  std::string document{};
  std::vector<ImportWarning> warnings{};
};

/// What differs between a field of one attachment and one of a list.
struct Content {
  std::function<Converted(const RowKey&, std::string_view)> convert;
  /// Throws if a document that is in the form of affix is not sound.
  std::function<void(std::string_view)> check;
};

/// A row that is ready to be written.
struct Prepared {
  RowKey key;
  std::string text;
  Converted converted;
};

bool has_format(const nlohmann::json& value) { return value.is_object() && value.contains("v"); }

/// Whether affix has written the text: no other system has a member `v`.
bool is_of_affix(std::string_view text) {
  if (detail::is_nothing(text)) return false;
  nlohmann::json value;
  try {
    value = detail::parse_any_json(text);
  } catch (const Error&) {  // Not by affix, at any rate.
    return false;
  }
  if (!value.is_array()) return has_format(value);
  return !value.empty() && std::ranges::all_of(value, has_format);
}

class ColumnImport {
 public:
  ColumnImport(soci::session& sql, const ColumnField& field, Content content,
               const ImportColumnOptions& options)
      : sql_(sql), field_(field), source_(field), content_(std::move(content)), options_(options) {
    if (!options.source.empty()) source_.column = options.source;
  }

  ImportReport run() {
    if (in_transaction(sql_)) {
      throw Error(Errc::invalid_state, "An import begins its own transactions");
    }
    if (options_.rows_of_a_transaction == 0) {
      throw Error(Errc::invalid_argument, "A transaction needs at least one row",
                  {.member = "rows_of_a_transaction"});
    }
    detail::visit_pages<DocumentText>(sql_, source_, [&](Rows rows) { take_page(rows); });
    return std::move(report_);
  }

 private:
  bool is_in_place() const { return source_.column == field_.column; }

  void take_page(Rows rows) {
    std::vector<Prepared> prepared;
    for (const auto& row : rows) {
      ++report_.rows;
      const std::string present = is_in_place() ? row.value.text : read_field(row.key);
      try {
        prepare(row.key, row.value.text, present, prepared);
      } catch (const Error& error) {
        fail(error.with(detail::place_of(source_, row.key)));
      }
    }
    if (options_.mode == ImportMode::dry_run) {
      for (const Prepared& row : prepared) count(row);
      return;
    }
    for (std::size_t i = 0; i < prepared.size(); i += options_.rows_of_a_transaction) {
      const std::size_t count = std::min(options_.rows_of_a_transaction, prepared.size() - i);
      write(std::span(prepared).subspan(i, count));
    }
  }

  std::string read_field(const RowKey& key) {
    const detail::OpenedByStatement opened(sql_);
    try {
      return detail::read_row<DocumentText>(sql_, field_, key, RowLock::none).text;
    } catch (const Error& error) {
      if (error.code() != Errc::record_not_found) throw;
      return {};  // It was deleted meanwhile, and will not be written.
    }
  }

  void prepare(const RowKey& key, const std::string& text, const std::string& present,
               std::vector<Prepared>& prepared) {
    if (is_of_affix(present)) {
      content_.check(present);
      ++report_.already_done;
      return;
    }
    if (!is_in_place() && !detail::is_nothing(present)) {
      throw Error(Errc::exists, "The field has something else", detail::place_of(field_, key));
    }
    Converted converted = content_.convert(key, text);
    if (converted.document.empty()) {
      ++report_.empty;
      return;
    }
    prepared.push_back({key, text, std::move(converted)});
  }

  void count(const Prepared& row) {
    ++report_.converted;
    for (const ImportWarning& warning : row.converted.warnings) ++report_.warnings[warning.kind];
  }

  void fail(const Error& error) {
    ++report_.failed;
    if (report_.failures.size() < options_.max_failures) report_.failures.push_back(error);
  }

  void write(std::span<const Prepared> rows) {
    std::vector<const Prepared*> written;
    try {
      written = write_batch(rows);
    } catch (const Error& error) {
      if (error.code() != Errc::conflict) throw;
    }
    for (const Prepared* row : written) count(*row);
    report_.changed += rows.size() - written.size();
  }

  std::vector<const Prepared*> write_batch(std::span<const Prepared> rows) {
    const Where place{.table = std::string(field_.table), .column = std::string(field_.column)};
    return detail::run_at(place, [&] {
      std::vector<const Prepared*> written;
      detail::in_own_transaction(sql_, [&] {
        for (const Prepared& row : rows) {
          if (!is_unchanged(row)) continue;
          detail::write_row(sql_, field_, row.key, DocumentText{row.converted.document});
          written.push_back(&row);
        }
      });
      return written;
    });
  }

  bool is_unchanged(const Prepared& row) {
    try {
      if (read_locked(source_, row.key) != row.text) return false;
      return is_in_place() || detail::is_nothing(read_locked(field_, row.key));
    } catch (const Error& error) {
      if (error.code() != Errc::record_not_found) throw;
      return false;
    }
  }

  std::string read_locked(const ColumnField& field, const RowKey& key) {
    return detail::read_row<DocumentText>(sql_, field, key, RowLock::wait).text;
  }

  soci::session& sql_;
  ColumnField field_;
  ColumnField source_;
  Content content_;
  const ImportColumnOptions& options_;
  ImportReport report_;
};

Converted printed(Imported imported) {
  if (!imported.attachment) return {};
  return {print(*imported.attachment), std::move(imported.warnings)};
}

Converted printed(ImportedList imported) {
  if (imported.list.empty()) return {};
  return {print(imported.list), std::move(imported.warnings)};
}

}  // namespace

ImportReport import_column(soci::session& sql, const ColumnField& field, const ConvertText& convert,
                           const ImportColumnOptions& options) {
  const Content content{
      [&](const RowKey& key, std::string_view text) { return printed(convert(key, text)); },
      [](std::string_view text) { static_cast<void>(parse_attachment(text)); }};
  return ColumnImport(sql, field, content, options).run();
}

ImportReport import_column(soci::session& sql, const ColumnListField& field,
                           const ConvertListText& convert, const ImportColumnOptions& options) {
  const Content content{
      [&](const RowKey& key, std::string_view text) { return printed(convert(key, text)); },
      [](std::string_view text) { static_cast<void>(parse_attachment_list(text)); }};
  return ColumnImport(sql, field.column, content, options).run();
}

}  // namespace affix
