#include "affix/orm/data_source.hpp"

#include <atomic>
#include <set>

#include "affix/media/media_schema.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/soci/session_state.hpp"
#include "orm/connection_text.hpp"
#include "session_failure.hpp"

namespace affix {
namespace {

soci::connection_parameters parameters_of(const DataSourceSettings& settings) {
  soci::connection_parameters parameters(settings.backend, detail::connection_text(settings));
  // Nobody is there to answer a driver's questions: SOCI's name for SQL_DRIVER_NOPROMPT.
  parameters.set_option("odbc.driver_complete", "0");
  return parameters;
}

SessionPoolOptions with_defaults(SessionPoolOptions options) {
  options.configure = [own = std::move(options.configure)](soci::session& session) {
    if (dialect_of(session).engine() == Engine::sqlite) session << "pragma foreign_keys = on";
    if (own) own(session);
  };
  return options;
}

}  // namespace

struct DataSource::State {
  std::string name{};
  std::string connection_string{};
  std::unique_ptr<SessionPool> own_pool{};
  std::variant<SessionPool*, soci::session*> source{};
  std::atomic<const Dialect*> dialect = nullptr;
  std::vector<const detail::ModelTable*> models{};
};

soci::session& DataSession::operator*() const noexcept {
  const auto* const lease = std::get_if<SessionLease>(&session_);
  return lease ? **lease : **std::get_if<soci::session*>(&session_);
}

DataSource::DataSource(std::string name, DataSourceSettings settings, SessionPoolOptions pool)
    : state_(std::make_unique<State>()) {
  state_->own_pool =
      std::make_unique<SessionPool>(parameters_of(settings), with_defaults(std::move(pool)));
  state_->source = state_->own_pool.get();
  state_->name = std::move(name);
  state_->connection_string = detail::public_connection_text(std::move(settings));
}

DataSource::DataSource(std::string name, SessionPool& pool)
    : state_(new State{.name = std::move(name), .source = &pool}) {}

DataSource::DataSource(std::string name, soci::session& session)
    : state_(new State{.name = std::move(name), .source = &session}) {}

DataSource::DataSource(DataSource&& other) noexcept = default;
DataSource& DataSource::operator=(DataSource&& other) noexcept = default;
DataSource::~DataSource() = default;

const std::string& DataSource::name() const noexcept { return state_->name; }

const std::string& DataSource::connection_string() const noexcept {
  return state_->connection_string;
}

DataSession DataSource::session(std::chrono::milliseconds timeout) const {
  if (auto* const* const session = std::get_if<soci::session*>(&state_->source)) {
    return DataSession(**session);
  }
  return DataSession(std::get<SessionPool*>(state_->source)->lease(timeout));
}

const Dialect& DataSource::dialect() const {
  if (const Dialect* const known = state_->dialect) return *known;
  const Dialect& found = dialect_of(*session());
  state_->dialect = &found;
  return found;
}

void DataSource::add(const detail::ModelTable& model) {
  for (const detail::ModelTable* one : state_->models) {
    if (one->name != model.name) continue;
    throw Error(Errc::exists, "The data source has a model with this table", {.table = model.name});
  }
  state_->models.push_back(&model);
}

std::vector<std::string> DataSource::tables() const {
  std::vector<std::string> names;
  for (const detail::ModelTable* model : state_->models) names.push_back(model->name);
  return names;
}

void DataSource::ensure_schema() const {
  const DataSession lent = session();
  for (const detail::ModelTable* model : state_->models) detail::ensure_model_table(*lent, *model);
}

void DataSource::ensure_schema(AttachmentManager& files) const {
  ensure_schema();
  const DataSession lent = session();
  affix::ensure_schema(*lent, files);
  std::set<const MediaTables*> done;
  for (const detail::ModelTable* model : state_->models) {
    for (const detail::ModelField& field : model->fields) {
      const MediaTables* const tables = field.options.tables;
      if (field.place != FieldPlace::media_table || !done.insert(tables).second) continue;
      ensure_media_schema(*lent, tables ? *tables : MediaTables{});
    }
  }
}

void DataSource::check() const { detail::require_connection(*session()); }

}  // namespace affix
