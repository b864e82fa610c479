#include "stage.hpp"

#include <algorithm>
#include <fstream>

#include "affix/persistence/ledger.hpp"
#include "affix/soci/session_state.hpp"
#include "affix/storage/local_disk.hpp"
#include "weakness.hpp"

namespace affix::tests {
namespace {

/// Makes texts of texts, so that a round is over in milliseconds.
class TextConverter : public Converter {
 public:
  bool accepts(std::string_view mime_type) const override { return mime_type == "text/plain"; }

  Inspection inspect(std::span<const std::byte> /*bytes*/,
                     std::string_view /*mime_type*/) const override {
    return {};
  }

  Conversion convert(const ConversionJob& job) const override {
    Conversion all;
    for (const Preset& preset : job.presets) {
      MadeFile file{.mime_type = "text/plain", .extension = "txt"};
      file.bytes.assign(static_cast<std::size_t>(preset.width), '-');
      std::ranges::transform(job.bytes, std::back_inserter(file.bytes),
                             [](std::byte one) { return static_cast<char>(one); });
      all.variants.push_back(
          {.name = preset.name, .digest = digest(preset), .file = std::move(file)});
      if (job.made) job.made(all.variants.back());
    }
    return all;
  }
};

std::filesystem::path stage_file(const std::filesystem::path& folder) {
  return folder / "stage.json";
}

}  // namespace

void Stage::save() const {
  std::ofstream(stage_file(folder))
      << nlohmann::json{{"connection", connection},     {"rows", rows},
                        {"counters", counters},         {"ledger", ledger.table},
                        {"meta", ledger.meta_table},    {"weakness", weakness},
                        {"media", tables.media},        {"links", tables.links},
                        {"positions", tables.positions}};
}

Stage Stage::load(const std::filesystem::path& folder) {
  std::ifstream file(stage_file(folder));
  const auto json = nlohmann::json::parse(file);
  return {
      .connection = json.at("connection"),
      .rows = json.at("rows"),
      .counters = json.at("counters"),
      .ledger = {.table = json.at("ledger"), .meta_table = json.at("meta")},
      .folder = folder,
      .weakness = json.at("weakness"),
      .tables = {
          .media = json.at("media"), .links = json.at("links"), .positions = json.at("positions")}};
}

void Stage::connect(soci::session& sql) const {
  sql.open(connection);
  if (dialect_of(sql).engine() != Engine::sqlite) return;
  sql << "pragma busy_timeout = 5000";
  sql << "pragma synchronous = off";  // Processes die here, not machines.
}

std::shared_ptr<Disk> Stage::disk() const {
  return weakened_disk(weakness,
                       make_local_disk({.root = root(), .durability = Durability::kill_safe}));
}

AttachmentManagerOptions Stage::options(std::chrono::milliseconds grace) const {
  return {.disks = {{"local", disk()}},
          .converter = std::make_shared<TextConverter>(),
          .presets = {{.name = "short", .width = 100}, {.name = "long", .width = 10'000}},
          .grace = grace,
          .ledger = ledger};
}

void create_tables(const Stage& stage, soci::session& sql) {
  const Dialect& dialect = dialect_of(sql);
  const std::vector<std::string> key{"id"};
  const ColumnDefinition id{
      .name = "id", .type = "integer", .null = ColumnDefinition::Null::forbidden};
  const std::string json(dialect.json_type());
  const auto run = [&](const std::string& statement) {
    sql << statement;
    if (in_transaction(sql)) sql.commit();
  };
  const std::vector<ColumnDefinition> row{
      id, {.name = "doc", .type = json}, {.name = "gallery", .type = json}};
  run(dialect.create_table(stage.rows, row, key));
  const std::vector<ColumnDefinition> counter{id, {.name = "generation", .type = "integer"}};
  run(dialect.create_table(stage.counters, counter, key));
  for (int i = 1; i <= Stage::row_count; ++i) {
    const std::string number = std::to_string(i);
    run("insert into " + stage.rows + "(id) values(" + number + ")");
    run("insert into " + stage.counters + "(id, generation) values(" + number + ", 0)");
  }
  if (dialect.engine() == Engine::sqlite) sql << "pragma journal_mode = wal";
  AttachmentManager files(stage.options(Stage::hostile));
  ensure_schema(sql, files);
  if (stage.is_in_table()) ensure_media_schema(sql, stage.tables);
}

Contents contents(const std::optional<Attachment>& avatar, const AttachmentList& gallery) {
  std::string ids;
  for (const Attachment& one : gallery) ids += "," + one.id;
  return {{"avatar", avatar ? avatar->id : ""}, {"gallery", ids}};
}

}  // namespace affix::tests
