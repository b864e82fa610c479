#include "orm/file_work.hpp"

#include <algorithm>
#include <set>

#include "affix/media/media_field.hpp"
#include "affix/media/soci_media_store.hpp"
#include "manager/upload_limits.hpp"
#include "media/media_field_row.hpp"
#include "orm/field_text.hpp"
#include "persistence/field_options.hpp"
#include "persistence/row_access.hpp"
#include "persistence/transaction_access.hpp"

namespace affix::detail {
namespace {

Where place(const ModelTable& table, const ModelField& field) {
  return {.table = table.name, .column = field.name};
}

[[noreturn]] void refuse(std::string_view message, const ModelTable& table,
                         const ModelField& field) {
  throw Error(Errc::invalid_argument, message, place(table, field));
}

/// The model's field as a collection of a library.
MediaCollection collection_of(const ModelField& field) {
  const FieldOptions& options = field.options;
  return {.name = field.name,
          .disk = std::string(options.disk),
          .accepts = texts(options.accepts),
          .max_size = options.max_size,
          .presets = texts(options.variants),
          .unreferenced = options.unreferenced,
          .on_owner_removed = options.on_owner_removed};
}

/// A library for one unit of work, with the fields of a model that are in the same tables.
MediaLibraryOptions library_of(Transaction& tx, std::vector<MediaCollection> collections,
                               const MediaTables& tables) {
  return {.store = make_soci_media_store(
              tx.session(), {.tables = tables, .schema = SociMediaStoreOptions::Schema::never}),
          .files = TransactionAccess::work(tx).files(),
          .collections = std::move(collections)};
}

}  // namespace

ColumnField column_field(const ModelTable& table, const ModelField& field) {
  const FieldOptions& options = field.options;
  return {.table = table.name,
          .column = field.name,
          .key = table.key_column().name,
          .variants = options.variants,
          .disk = options.disk,
          .accepts = options.accepts,
          .max_size = options.max_size};
}

MediaField media_field(const ModelTable& table, const ModelField& field) {
  const FieldOptions& options = field.options;
  return {.table = table.name,
          .collection = field.name,
          .key = table.key_column().name,
          .variants = options.variants,
          .disk = options.disk,
          .accepts = options.accepts,
          .max_size = options.max_size,
          .owner_type = options.owner_type,
          .tables = options.tables};
}

RowKey row_key(const ColumnValue& key) {
  if (const auto* number = std::get_if<long long>(&key)) return *number;
  return std::get<std::string>(key);
}

FileWork::FileWork(Transaction& tx, const ModelTable& table, std::vector<FileChangeNode> changes,
                   const RowKey* row)
    : tx_(tx), table_(table) {
  std::set<std::string> fields;
  for (FileChangeNode& node : changes) {
    const ModelField* const found = table.field(node.field);
    if (!found) {
      throw Error(Errc::invalid_argument, "The model has no attachment field of this name",
                  {.table = table.name, .column = node.field});
    }
    const ModelField& field = *found;
    if (!fields.insert(node.field).second) refuse("A field is changed twice", table, field);
    check(field, node);
    work_.push_back({field, std::move(node.change), node.clear});
  }
  try {
    for (One& one : work_) {
      if (row) read_expected(one, *row);
    }
    for (One& one : work_) store(one);
  } catch (...) {
    discard();
    throw;
  }
}

FileWork::~FileWork() { discard(); }

void FileWork::discard() noexcept {
  for (One& one : work_) {
    for (PendingAttachment& pending : one.pending) {
      TransactionAccess::work(tx_).discard(std::move(pending));
    }
    one.pending.clear();
  }
}

void FileWork::check(const ModelField& field, const FileChangeNode& node) const {
  const MediaChange& change = node.change;
  if (change.set && !change.create.empty()) {
    refuse("A field takes what exists (set) or what is new (create), not both", table_, field);
  }
  for (const std::string& id : change.detach) {
    if (std::ranges::find(change.attach, id) == change.attach.end()) continue;
    refuse("A record is attached and detached in one change", table_, field);
  }
  if (!field.list) {
    if (change.create.size() > 1 || (change.set && change.set->size() > 1)) {
      refuse("A field for one attachment takes one; a field of media takes more", table_, field);
    }
    if (!change.attach.empty() || !change.detach.empty()) {
      refuse("A field for one attachment knows no attach and detach: use set, or no_file", table_,
             field);
    }
  }
  if (field.place == FieldPlace::column && (change.set || !change.attach.empty())) {
    refuse(
        "Files of a column belong to one row: declare a medium or media to set or attach records",
        table_, field);
  }
}

void FileWork::read_expected(One& one, const RowKey& key) const {
  if (one.field.list) return;
  if (one.field.place == FieldPlace::column) {
    one.expected = column_field(table_, one.field).load(tx_.session(), key);
  } else {
    const MediaField field = media_field(table_, one.field);
    one.expected_records = MediaFieldRow(tx_.session(), field, key).read();
  }
}

void FileWork::store(One& one) {
  AttachmentManager& files = TransactionAccess::work(tx_).files();
  try {
    for (const FileInput& input : one.change.create) {
      FileInput::Content content = std::exchange(input.content(), std::monostate());
      if (auto* pending = std::get_if<PendingAttachment>(&content)) {
        one.pending.push_back(std::move(*pending));
        const FieldOptions& options = one.field.options;
        require_allowed(options.accepts, options.max_size, one.pending.back().preview());
      } else if (auto* source = std::get_if<Source>(&content)) {
        const CreateOptions options = with_defaults(input.options(), one.field.options);
        TransactionAccess::work(tx_).require_upload(options.idempotency_key);
        one.pending.push_back(files.create(std::move(*source), options));
      } else {
        throw Error(Errc::invalid_state, "A file can be given to one field, once");
      }
    }
  } catch (const Error& error) {
    throw error.with(place(table_, one.field));
  }
}

void FileWork::fill_columns(std::deque<FileWork>& work, std::span<std::vector<ColumnValue>> rows) {
  std::vector<PendingAttachment> pending;
  std::vector<AttachmentList*> places;  // Of each of them.
  for (FileWork& files : work) {
    for (One& one : files.work_) {
      if (one.field.place != FieldPlace::column) continue;
      for (PendingAttachment& file : one.pending) {
        pending.push_back(std::move(file));
        places.push_back(&files.written_[one.field.name]);
      }
      one.pending.clear();
    }
  }
  if (pending.empty()) return;
  std::vector<Attachment> adopted = work.front().tx_.adopt_all(std::move(pending));
  for (std::size_t i = 0; i < adopted.size(); ++i) {
    places[i]->items.push_back(std::move(adopted[i]));
  }
  for (std::size_t i = 0; i < work.size(); ++i) {
    const ModelTable& table = work[i].table_;
    for (const auto& [name, list] : work[i].written_) {
      rows[i][table.at(name)] = table.field(name)->list ? print(list) : print(list.items.front());
    }
  }
}

void FileWork::change_columns(const RowKey& key) {
  for (One& one : work_) {
    if (one.field.place != FieldPlace::column) continue;
    if (one.field.list) {
      change_list(one, key);
    } else {
      change_column(one, key);
    }
    one.pending.clear();
  }
}

void FileWork::change_column(One& one, const RowKey& key) {
  const ColumnField field = column_field(table_, one.field);
  auto& work = TransactionAccess::work(tx_);
  if (one.pending.empty()) {
    if (one.clear && one.expected) work.swap(field, key, one.expected, std::nullopt);
    return;
  }
  PendingAttachment pending = std::move(one.pending.front());
  one.pending.clear();
  const Attachment created = TransactionAccess::adopt(tx_, std::move(pending), slot_of(field, key));
  work.swap(field, key, one.expected, created);
  written_[one.field.name].items = {created};
}

void FileWork::change_list(One& one, const RowKey& key) {
  const ColumnListField field{column_field(table_, one.field)};
  if (one.clear) tx_.clear(field, key);
  while (!one.pending.empty()) {
    PendingAttachment pending = std::move(one.pending.front());
    one.pending.erase(one.pending.begin());
    tx_.append(field, key, std::move(pending));
  }
  if (one.change.detach.empty()) return;
  const AttachmentList there = field.load(tx_.session(), key);
  for (const std::string& id : one.change.detach) {
    if (std::ranges::find(there.items, id, &Attachment::id) == there.items.end()) continue;
    tx_.remove(field, key, id);
  }
}

void FileWork::change_media(const RowKey& key) {
  for (One& one : work_) {
    if (one.field.place != FieldPlace::media_table) continue;
    if (one.field.list) {
      change_collection(one, key);
    } else {
      change_medium(one, key);
    }
  }
}

void FileWork::change_medium(One& one, const RowKey& key) {
  const MediaField field = media_field(table_, one.field);
  if (!one.pending.empty()) {
    PendingAttachment pending = std::move(one.pending.front());
    one.pending.clear();
    const MediaFieldRow row(tx_.session(), field, key);
    written_[one.field.name].items = {row.replace(tx_, one.expected_records, std::move(pending))};
    return;
  }
  if (one.clear) MediaFieldRow(tx_.session(), field, key).clear(tx_, one.expected_records);
  if (!one.change.set) return;
  MediaFieldRow(tx_.session(), field, key).expect(tx_, one.expected_records);
  const MediaLibrary library(
      library_of(tx_, {collection_of(one.field)}, field.tables ? *field.tables : MediaTables{}));
  const auto collection =
      library.for_owner(owner_type_of(table_, one.field), key).collection(one.field.name);
  collection.set(tx_, *one.change.set);
}

void FileWork::change_collection(One& one, const RowKey& key) {
  const MediaTables tables = one.field.options.tables ? *one.field.options.tables : MediaTables{};
  const MediaLibrary library(library_of(tx_, {collection_of(one.field)}, tables));
  const auto collection =
      library.for_owner(owner_type_of(table_, one.field), key).collection(one.field.name);
  if (one.clear) collection.clear(tx_);
  if (one.change.set) collection.set(tx_, *one.change.set);
  while (!one.pending.empty()) {
    PendingAttachment pending = std::move(one.pending.front());
    one.pending.erase(one.pending.begin());
    const MediaRecord record = collection.attach(tx_, std::move(pending));
    written_[one.field.name].items.push_back(record.attachment);
  }
  if (!one.change.detach.empty()) collection.detach(tx_, one.change.detach);
  if (!one.change.attach.empty()) collection.attach(tx_, one.change.attach);
}

void FileWork::check_counts(const RowKey& key) const {
  for (const ModelField& field : table_.fields) {
    const FieldOptions& options = field.options;
    if (!field.list || (options.min_items == 0 && options.max_items == 0)) continue;
    std::size_t count = 0;
    if (field.place == FieldPlace::column) {
      const ColumnListField column{column_field(table_, field)};
      count = column.load(tx_.session(), key).items.size();
    } else {
      const MediaLibrary library(library_of(tx_, {collection_of(field)},
                                            options.tables ? *options.tables : MediaTables{}));
      const auto owner = library.for_owner(owner_type_of(table_, field), key);
      count = owner.collection(field.name).list(tx_).size();
    }
    if (count < options.min_items) refuse("The field has too few attachments", table_, field);
    if (options.max_items != 0 && count > options.max_items) {
      refuse("The field has too many attachments", table_, field);
    }
  }
}

// ---- rows that are deleted
// ------------------------------------------------------------------------

FilesOfRows::FilesOfRows(Transaction& tx, const ModelTable& table) : tx_(tx), table_(table) {}

std::vector<FilesOfRows::Row> FilesOfRows::read(const FilterNode& filter, RowLock lock) const {
  std::vector<std::size_t> columns{table_.key};
  for (std::size_t at = 0; at < table_.columns.size(); ++at) {
    if (table_.columns[at].file) columns.push_back(at);
  }
  std::ranges::sort(columns);
  std::vector<Row> rows;
  ModelReader(tx_.session(), table_)
      .select(filter, columns, lock, [&](std::span<ColumnValue> cells) {
        Row row;
        for (std::size_t i = 0; i < columns.size(); ++i) {
          const ModelColumn& column = table_.columns[columns[i]];
          if (columns[i] == table_.key) row.key = cells[i];
          if (!column.file || std::holds_alternative<std::monostate>(cells[i])) continue;
          const std::string& text = std::get<std::string>(cells[i]);
          if (table_.field(column.name)->list) {
            for (Attachment& one : parse_attachment_list(text).items) {
              row.attachments.emplace_back(column.name, std::move(one));
            }
          } else if (auto one = parse_optional_attachment(text)) {
            row.attachments.emplace_back(column.name, std::move(*one));
          }
        }
        rows.push_back(std::move(row));
      });
  return rows;
}

void FilesOfRows::give_up(const FilterNode& filter) {
  std::vector<Row> rows = read(filter, RowLock::none);
  struct Doomed {
    const Attachment* attachment;
    std::string slot;
  };
  std::vector<Doomed> doomed;
  for (const Row& row : rows) {
    keys_.push_back(row.key);
    for (const auto& [column, one] : row.attachments) {
      doomed.push_back(
          {&one, slot_of(column_field(table_, *table_.field(column)), row_key(row.key))});
    }
  }
  std::ranges::sort(doomed, {}, [](const Doomed& one) { return one.attachment->id; });
  TransactionAccess::guarded(tx_, [&] {
    for (const Doomed& one : doomed) TransactionAccess::give_up(tx_, *one.attachment, one.slot);
    std::vector<Row> now;
    visit_keys(tx_.session(), table_, keys_, [&](const FilterNode& some) {
      FilterNode same = filter;
      same.where = both(filter.where, some.where);
      for (Row& row : read(same, RowLock::wait)) now.push_back(std::move(row));
    });
    if (!same_files(rows, now)) {
      throw Error(Errc::conflict, "Somebody else has changed the rows meanwhile, or their files",
                  {.table = table_.name});
    }
  });
}

/// Whether they are the same rows with the same files.
bool FilesOfRows::same_files(const std::vector<Row>& before, const std::vector<Row>& now) {
  const auto ids = [](const std::vector<Row>& rows) {
    std::set<std::pair<std::string, std::string>> found;
    for (const Row& row : rows) {
      const std::string key = row_key(row.key).text();
      found.emplace(key, "");
      for (const auto& [column, one] : row.attachments) found.emplace(key, one.id);
    }
    return found;
  };
  return ids(before) == ids(now);
}

void FilesOfRows::remove_media() {
  std::vector<RowKey> keys;
  for (const ColumnValue& key : keys_) keys.push_back(row_key(key));
  std::set<std::pair<const MediaTables*, std::string>> done;
  for (const ModelField& field : table_.fields) {
    if (field.place != FieldPlace::media_table) continue;
    const std::string type = owner_type_of(table_, field);
    if (!done.emplace(field.options.tables, type).second) continue;
    std::vector<MediaCollection> collections;
    for (const ModelField& other : table_.fields) {
      if (other.place == FieldPlace::media_table && other.options.tables == field.options.tables &&
          owner_type_of(table_, other) == type) {
        collections.push_back(collection_of(other));
      }
    }
    const MediaTables tables = field.options.tables ? *field.options.tables : MediaTables{};
    const MediaLibrary library(library_of(tx_, std::move(collections), tables));
    library.remove_owners(tx_, type, keys);
  }
}

}  // namespace affix::detail
