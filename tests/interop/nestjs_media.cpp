#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/column_field.hpp"
#include "affix/storage/local_disk.hpp"
#include "affix/storage/reader.hpp"
#include "affix/value/json.hpp"
#include "catch.hpp"
#include "database.hpp"
#include "support/program.hpp"
#include "support/skip.hpp"
#include "support/text_converter.hpp"

// Columns and media tables that affix and nestjs-media write and read in turns; the other side is
// exchange.mjs. nestjs-media itself is real, but for the adapter of its tables (store.mjs).

using namespace affix;
using namespace affix::tests;
using nlohmann::json;

namespace {

const std::string scripts = AFFIX_INTEROP_SCRIPTS;

/// Ends the program as a skipped test, or as a failed one where nothing may be left out.
[[noreturn]] void leave_out(const char* why) {
  const char* const required = std::getenv("AFFIX_NODE");
  if (!required || std::string_view(required) != "required") skip(why);
  std::cout << "FAILED: " << why << std::endl;
  std::_Exit(1);  // Catch2 cannot have it thrown from where targets are chosen.
}

void require_node() {
  if (output_of("command -v node || true").empty()) leave_out("there is no node");
  if (!std::filesystem::exists(scripts + "/node_modules/typeorm")) {
    leave_out("nestjs-media is not installed, see scripts/test.sh");
  }
}

/// Those that the other side has drivers for.
std::vector<Target> shared_targets() {
  require_node();
  std::vector<Target> found;
  for (const Target& target : targets()) {
    if (target.name == "sqlite3" || target.name == "postgresql") found.push_back(target);
  }
  if (found.empty()) skip("neither SQLite nor PostgreSQL is among AFFIX_BACKENDS");
  return found;
}

/// A variant as both sides know it in a record.
json conversions_of(const json& variants) {
  json found = json::object();
  for (const auto& [name, variant] : variants.items()) {
    found[name] = {{"path", variant.at("path")}, {"disk", variant.at("disk")}};
  }
  return found;
}

/// An attachment as nestjs-media has it: seven members.
json column_of(const Attachment& attachment) {
  const json all = json::parse(print(attachment));
  json found;
  for (const char* name : {"name", "disk", "path", "size", "mimeType", "variants", "meta"}) {
    found[name] = all.at(name);
  }
  return found;
}

/// A record as nestjs-media has it.
json row_of(const MediaRecord& record) {
  const Attachment& attachment = record.attachment;
  json found = column_of(attachment);
  found.erase("meta");
  found["conversions"] = conversions_of(found.at("variants"));
  found.erase("variants");
  found["id"] = attachment.id;
  found["fileName"] = attachment.file_name;
  found["ownerType"] = record.place.owner.type;
  found["ownerId"] = record.place.owner.id;
  found["collection"] = record.place.collection;
  found["order"] = record.position;
  found["customProperties"] = record.custom_properties;
  found["createdAt"] = format_time(attachment.created_at.value());
  found["updatedAt"] = format_time(record.updated_at.value());
  return found;
}

/// What the other side says of a record, without what it does not know of variants.
json row_of(json stored) {
  stored["conversions"] = conversions_of(stored.at("conversions"));
  return stored;
}

/// One database and one disk, which both sides use.
class Shared {
 public:
  explicit Shared(const Target& target)
      : db(target),
        owners(db.new_name("owners")),
        tables{.media = db.new_name("media"),
               .links = db.new_name("links"),
               .positions = db.new_name("places"),
               .columns = typeorm_media_columns()},
        disk(make_local_disk({.root = root(), .base_url = "/files"})),
        files({.disks = {{"local", disk}},
               .converter = std::make_shared<TextConverter>(),
               .presets = {{.name = "thumb"}},
               .ledger = {.mode = LedgerOptions::Mode::off}}),
        field{.table = owners, .column = "doc", .key = "id", .variants = {"thumb"}},
        library({.store = make_soci_media_store(db.sql, {.tables = tables}),
                 .files = files,
                 .collections = {{.name = "gallery", .presets = {"thumb"}}}}) {}

  OwnerCollection gallery() const { return library.for_owner("Product", 7).collection("gallery"); }

  /// The owners' table, and the media tables.
  void create_tables() {
    const std::vector<ColumnDefinition> columns{
        {.name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden},
        {.name = "doc", .type = std::string(db.dialect().json_type())}};
    db.run(db.dialect().create_table(owners, columns, std::vector<std::string>{"id"}));
    ensure_media_schema(db.sql, tables);
  }

  void write_column(int row, const std::string& content) {
    db.sql << "insert into " + owners + "(id) values(:id)", soci::use(row);
    Transaction tx(db.sql, files);
    tx.replace(field, row, Source::from_memory(content, "note.txt"));
    tx.commit();
  }

  MediaRecord attach(const std::string& content) {
    Transaction tx(db.sql, files);
    const AttachOptions options{.custom_properties = {{"alt", {{"en", "A " + content}}}}};
    MediaRecord record =
        gallery().attach(tx, Source::from_memory(content, content + ".txt"), options);
    tx.commit();
    return record;
  }

  std::string text_of(const Attachment& attachment) const {
    return read_all(*disk->open(Key::parse(attachment.path)));
  }

  /// What the other side answers.
  json other(const std::string& step, int row, const std::vector<std::string>& texts = {}) const {
    const std::string file = (directory_.path() / "request.json").string();
    std::ofstream(file) << json{{"connection", db.connection()},
                                {"media", tables.media},
                                {"owners", owners},
                                {"root", root()},
                                {"owner", {{"type", "Product"}, {"id", "7"}}},
                                {"row", row},
                                {"texts", texts}};
    return json::parse(
        output_of("node '" + scripts + "/exchange.mjs' " + step + " '" + file + "'"));
  }

 private:
  std::string root() const { return (directory_.path() / "root").string(); }

  TemporaryDirectory directory_;

 public:
  Database db;
  std::string owners;
  MediaTables tables;
  std::shared_ptr<Disk> disk;
  AttachmentManager files;
  ColumnField field;
  MediaLibrary library;
};

/// Both sides see the same gallery, and its files have these contents.
void check_gallery(const Shared& shared, const json& rows, const std::vector<std::string>& texts) {
  const auto records = shared.gallery().list();
  REQUIRE(records.size() == texts.size());
  REQUIRE(rows.size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(row_of(records[i]) == row_of(rows[i].at("stored")));
    CHECK(rows[i].at("text") == texts[i]);
    CHECK(shared.text_of(records[i].attachment) == texts[i]);
    CHECK(records[i].attachment.variants.count("thumb") == 1);
  }
}

}  // namespace

TEST_CASE("nestjs-media reads a column and a media table that affix wrote") {
  const Target target = GENERATE(from_range(shared_targets()));
  CAPTURE(target);
  Shared shared(target);
  shared.create_tables();
  shared.write_column(1, "the column");
  shared.attach("front");
  shared.attach("back");

  const json read = shared.other("read", 1);
  const auto attachment = shared.field.load(shared.db.sql, 1);
  REQUIRE(attachment);
  CHECK(read.at("column").at("stored") == column_of(*attachment));
  CHECK(read.at("column").at("text") == "the column");
  CHECK(read.at("thumb") == shared.files.url(*attachment, "thumb"));
  check_gallery(shared, read.at("gallery"), {"front", "back"});
}

TEST_CASE("affix reads a column and a media table that nestjs-media made and wrote") {
  const Target target = GENERATE(from_range(shared_targets()));
  CAPTURE(target);
  Shared shared(target);
  const json written = shared.other("write", 1, {"front", "back"});

  const auto attachment = shared.field.load(shared.db.sql, 1);
  REQUIRE(attachment);
  CHECK(column_of(*attachment) == written.at("column").at("stored"));
  CHECK(shared.text_of(*attachment) == written.at("column").at("text"));
  CHECK(attachment->path == "attachments/" + attachment->id + "/photo.txt");
  check_gallery(shared, written.at("gallery"), {"front", "back"});
}

TEST_CASE("affix and nestjs-media write to the same tables in turns") {
  const Target target = GENERATE(from_range(shared_targets()));
  CAPTURE(target);
  Shared shared(target);
  shared.other("write", 1, {"front"});
  ensure_media_schema(shared.db.sql, shared.tables);
  CHECK(shared.attach("back").position == 1);
  const json third = shared.other("write", 2, {"left"});
  CHECK(third.at("gallery")[0].at("stored").at("order") == 2);
  shared.write_column(3, "of affix");

  const json read = shared.other("read", 3);
  CHECK(read.at("column").at("text") == "of affix");
  check_gallery(shared, read.at("gallery"), {"front", "back", "left"});
}

TEST_CASE("a position that nestjs-media has given can be given again, until they are reordered") {
  const Target target = GENERATE(from_range(shared_targets()));
  CAPTURE(target);
  Shared shared(target);
  shared.create_tables();
  std::vector<std::string> ids{shared.attach("front").attachment.id};
  const json second = shared.other("write", 1, {"back"}).at("gallery")[0].at("stored");
  ids.push_back(second.at("id"));
  const MediaRecord third = shared.attach("left");
  ids.push_back(third.attachment.id);
  CHECK(third.position == second.at("order"));

  Transaction tx(shared.db.sql, shared.files);
  shared.gallery().reorder(tx, ids);
  tx.commit();
  check_gallery(shared, shared.other("read", 1).at("gallery"), {"front", "back", "left"});
}

TEST_CASE("what nestjs-media writes back keeps affix's columns and loses a document's members") {
  const Target target = GENERATE(from_range(shared_targets()));
  CAPTURE(target);
  Shared shared(target);
  shared.create_tables();
  shared.write_column(1, "the column");
  const MediaRecord before = shared.attach("front");
  const auto document = shared.field.load(shared.db.sql, 1);
  REQUIRE(document);
  CHECK_FALSE(document->checksum.empty());

  const json read = shared.other("change", 1);
  const auto changed = shared.field.load(shared.db.sql, 1);
  REQUIRE(changed);
  CHECK(changed->meta == json{{"alt", "changed"}});
  CHECK(changed->id == document->id);
  CHECK(changed->checksum.empty());
  CHECK(shared.text_of(*changed) == "the column");
  check_gallery(shared, read.at("gallery"), {"front"});
  const MediaRecord after = shared.gallery().list().front();
  CHECK(after.custom_properties == json{{"alt", "changed"}});
  CHECK_FALSE(before.attachment.checksum.empty());
  CHECK(after.attachment.checksum == before.attachment.checksum);
}
