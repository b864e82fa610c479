#include "affix/persistence/transaction.hpp"

#include <algorithm>

#include "persistence/row_access.hpp"
#include "persistence/transaction_work.hpp"

namespace affix {
namespace {

std::vector<std::string> texts(const NameList& names) { return {names.begin(), names.end()}; }

/// What the caller left empty is the field's.
CreateOptions with_defaults(CreateOptions options, const ColumnField& field) {
  if (options.disk.empty()) options.disk = field.disk;
  if (options.variants.empty()) options.variants = texts(field.variants);
  if (options.accepts.empty()) options.accepts = texts(field.accepts);
  if (options.max_size == 0) options.max_size = field.max_size;
  return options;
}

/// What a field asks of files that were stored before it was known.
void check_rules(const ColumnField& field, const Attachment& attachment) {
  const auto& accepts = field.accepts;
  if (!accepts.empty() && std::ranges::find(accepts, attachment.mime_type) == accepts.end()) {
    throw Error(Errc::type_not_allowed, "Files of this type are not accepted here", {},
                attachment.mime_type);
  }
  if (field.max_size > 0 && attachment.size > field.max_size) {
    throw Error(Errc::too_large, "There are more bytes than are allowed", {},
                std::to_string(field.max_size) + " bytes are allowed");
  }
}

}  // namespace

Transaction::Transaction(soci::session& sql, AttachmentManager& files)
    : work_(std::make_unique<Work>(sql, files)) {}

Transaction::~Transaction() {
  try {
    work_->rollback();
  } catch (...) {  // The files stay under their markers.
  }
}

void Transaction::begin() { work_->begin(); }

Attachment Transaction::create(Source source, const CreateOptions& options) {
  return adopt(work_->files().create(std::move(source), options));
}

Attachment Transaction::adopt(PendingAttachment pending) {
  return work_->adopt(std::move(pending));
}

Attachment Transaction::replace(const ColumnField& field, const RowKey& key, Source source,
                                CreateOptions options) {
  const auto expected = field.load(work_->sql(), key);
  Attachment created = create(std::move(source), with_defaults(std::move(options), field));
  work_->swap(field, key, expected, created);
  return created;
}

Attachment Transaction::replace(const ColumnField& field, const RowKey& key,
                                PendingAttachment pending) {
  std::optional<Attachment> expected;
  try {
    check_rules(field, pending.preview());
    expected = field.load(work_->sql(), key);
  } catch (...) {
    work_->discard(std::move(pending));
    throw;
  }
  Attachment created = adopt(std::move(pending));
  work_->swap(field, key, expected, created);
  return created;
}

void Transaction::clear(const ColumnField& field, const RowKey& key) {
  const auto expected = field.load(work_->sql(), key);
  if (!expected) return;
  begin();
  work_->swap(field, key, expected, std::nullopt);
}

void Transaction::remove(const Attachment& attachment) {
  const detail::StoredFiles files = work_->removable(attachment);
  begin();
  work_->guarded([&] { work_->remove(files, RemovedEvent::Reason::removed); });
}

void Transaction::remove(const std::optional<Attachment>& attachment) {
  if (attachment) remove(*attachment);
}

void Transaction::remove(const AttachmentList& attachments) {
  for (const Attachment& attachment : attachments) remove(attachment);
}

void Transaction::commit() { work_->commit(); }
void Transaction::rollback() { work_->rollback(); }
bool Transaction::is_open() const noexcept { return work_->is_open(); }

}  // namespace affix
