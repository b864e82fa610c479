#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "affix/media/media_library.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/storage/memory_disk.hpp"
#include "database.hpp"
#include "harness.hpp"
#include "many_media.hpp"
#include "sample.hpp"
#include "statements.hpp"

// What the media table costs: to list 1,000 records of one owner out of 1,000,000 rows, against a
// SELECT by hand of the same columns into texts (goal: 2.00 at most), whether the database goes by
// the index for it, and how many statements it takes to attach a file.
//
// The databases are those of AFFIX_BACKENDS; without it, SQLite alone.

namespace {

using affix::Engine;
using affix::bench::keep;
using affix::bench::Suite;
using affix::tests::Database;
using affix::tests::MediaCrowd;
using affix::tests::Target;
using soci::into;
using soci::use;

constexpr double goal = 2.0;
constexpr std::size_t columns = affix::detail::media_columns.size();

affix::AttachmentManagerOptions manager_options(affix::LedgerOptions ledger) {
  return {.disks = {{"local", affix::make_memory_disk()}}, .ledger = std::move(ledger)};
}

bool is_document(std::string affix::MediaColumns::*column) {
  return column == &affix::MediaColumns::custom_properties ||
         column == &affix::MediaColumns::conversions || column == &affix::MediaColumns::meta ||
         column == &affix::MediaColumns::extra;
}

constexpr std::size_t documents = 4;

/// A row as it is read by hand.
template <class Document>
struct PlainRow {
  std::array<std::string, columns - documents> texts;
  std::array<Document, documents> json;
  std::array<soci::indicator, columns> states{};

  void define(soci::statement& select) {
    std::size_t text = 0;
    std::size_t document = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      if (is_document(affix::detail::media_columns[i])) {
        select.exchange(into(json[document++], states[i]));
      } else {
        select.exchange(into(texts[text++], states[i]));
      }
    }
  }
};

/// A table with records of many owners, and a library on it.
class Gallery {
 public:
  Gallery(const Target& target, const MediaCrowd& crowd)
      : database_(target),
        files_(manager_options(database_.ledger())),
        tables_{.media = database_.new_name("media"),
                .links = database_.new_name("links"),
                .positions = database_.new_name("places")},
        library_({.store = affix::make_soci_media_store(database_.sql, {.tables = tables_}),
                  .files = files_}),
        owner_("5" + std::string(static_cast<std::size_t>(crowd.owners) - 1, '0')) {
    affix::ensure_schema(database_.sql, files_);
    affix::ensure_media_schema(database_.sql, tables_);
    const affix::MediaRecord record{.attachment = affix::bench::attachment_with(1),
                                    .place = {{"Product", owner_}, "gallery"}};
    affix::tests::crowd_media(database_, files_, tables_, record, crowd);
    rows_ =
        database_.number("select count(*) from " + database_.dialect().identifier(tables_.media));
    write_select();
  }

  long long rows() const { return rows_; }

  void list() const { require(of_owner().list().size()); }

  /// SOCI's Firebird backend takes no std::string for a blob.
  void list_by_hand() {
    if (database_.dialect().engine() == Engine::firebird) {
      read_rows<soci::long_string>();
    } else {
      read_rows<std::string>();
    }
  }

  /// The lines of the plan that name a table or an index of the media.
  std::vector<std::string> plan() {
    list();
    std::vector<std::string> lines =
        affix::tests::plan_of(database_.sql, database_.sql.get_last_query(),
                              {"Product", owner_, "gallery", "Product", owner_, "gallery"});
    std::erase_if(lines, [&](const std::string& line) {
      return line.find(tables_.media) == std::string::npos;
    });
    return lines;
  }

  /// Statements of a transaction in which so many new files are attached to one collection.
  long long statements_of_attaching(int count) {
    const auto collection = library_.for_owner("Page", count).collection("figures");
    const affix::tests::StatementCount statements(database_.sql);
    affix::Transaction tx(database_.sql, files_);
    for (int i = 0; i < count; ++i) {
      collection.attach(tx, affix::Source::from_memory("text", "note.txt"));
    }
    tx.commit();
    return statements.value();
  }

 private:
  affix::OwnerCollection of_owner() const {
    return library_.for_owner("Product", owner_).collection("gallery");
  }

  static void require(std::size_t rows) {
    if (rows != 1000) throw std::runtime_error("the owner has another number of records");
  }

  template <class Document>
  void read_rows() {
    std::vector<PlainRow<Document>> rows;
    PlainRow<Document> row;
    {
      soci::statement select(database_.sql);
      row.define(select);
      select.exchange(use(owner_));
      select.alloc();
      select.prepare(select_, soci::details::st_one_time_query);
      select.define_and_bind();
      select.execute();
      while (select.fetch()) rows.push_back(row);
    }
    database_.done();
    keep(rows);
    require(rows.size());
  }

  void write_select() {
    const affix::Dialect& dialect = database_.dialect();
    for (const auto member : affix::detail::media_columns) {
      select_ += (select_.empty() ? "select " : ", ") + dialect.identifier(tables_.columns.*member);
    }
    select_ += " from " + dialect.identifier(tables_.media) +
               " where owner_type = 'Product' and owner_id = :owner and collection = 'gallery'"
               " order by " +
               dialect.identifier(tables_.columns.position);
  }

  Database database_;
  affix::AttachmentManager files_;
  affix::MediaTables tables_;
  affix::MediaLibrary library_;
  std::string owner_;
  long long rows_ = 0;
  std::string select_;
};

void run_list(Suite& suite, const Target& target, Gallery& gallery) {
  const std::string rows = std::to_string(gallery.rows());
  const affix::bench::Row row = suite.run({.name = "list 1000 of " + rows + " records",
                                           .on = target.name,
                                           .compared_with = "a SELECT into texts",
                                           .ours = [&] { gallery.list(); },
                                           .baseline = [&] { gallery.list_by_hand(); }});
  std::printf("%-34s %s\n", "  goal 2.00", row.ratio <= goal ? "met" : "missed");
}

void show_plan(Suite& suite, const Target& target, Gallery& gallery) {
  if (target.engine != Engine::sqlite && target.engine != Engine::postgresql) return;
  for (std::string line : gallery.plan()) {
    line.erase(0, line.find_first_not_of(" ->"));
    std::printf("%-34s %-15s %s\n", "plan of the list", target.name.c_str(), line.c_str());
    suite.append({{"case", "plan of the list"}, {"backend", target.name}, {"plan", line}});
  }
}

void count_statements(Suite& suite, const Target& target, Gallery& gallery) {
  for (const int files : {100, 1000}) {
    const long long statements = gallery.statements_of_attaching(files);
    const double each = affix::bench::rounded(static_cast<double>(statements) / files);
    const std::string name = "attach " + std::to_string(files) + " files";
    std::printf("%-34s %-15s %lld statements, %.3f for each file\n", name.c_str(),
                target.name.c_str(), statements, each);
    suite.append(
        {{"case", name}, {"backend", target.name}, {"statements", statements}, {"per_file", each}});
  }
}

void run_all(const affix::bench::Options& options) {
  Suite suite("media", options);
  const bool is_quick = options.rounds == 1;
  const MediaCrowd crowd{.owners = is_quick ? 1 : 3, .records = 3};
  for (const Target& target : affix::tests::targets()) {
    if (target.is_odbc() || target.name == "firebird-embedded") continue;
    Gallery gallery(target, crowd);
    run_list(suite, target, gallery);
    show_plan(suite, target, gallery);
    count_statements(suite, target, gallery);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    run_all(affix::bench::parse_options(argument_count, arguments, "media"));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
