#include "affix/persistence/transaction.hpp"

#include <algorithm>

#include "manager/upload_limits.hpp"
#include "manager/variants.hpp"
#include "persistence/field_options.hpp"
#include "persistence/row_access.hpp"
#include "persistence/transaction_work.hpp"

namespace affix {

Transaction::Transaction(soci::session& sql, AttachmentManager& files, TransactionOptions options)
    : work_(std::make_unique<Work>(sql, files, options)) {}

Transaction::Transaction(Transaction& outer) : work_(std::make_unique<Work>(*outer.work_)) {}

Transaction::~Transaction() {
  try {
    work_->rollback();
  } catch (...) {  // The files stay under their markers.
  }
}

void Transaction::begin() { work_->begin(); }

Attachment Transaction::create(Source source, const CreateOptions& options) {
  work_->require_upload(options.idempotency_key);
  return adopt(work_->files().create(std::move(source), options));
}

std::vector<Attachment> Transaction::create_all(std::vector<Source> sources,
                                                const CreateOptions& options) {
  if (!options.idempotency_key.empty() || !options.id.empty()) {
    throw Error(Errc::invalid_argument, "An id or idempotency key is for one attachment");
  }
  work_->require_upload({});
  std::vector<PendingAttachment> pending;
  try {
    for (Source& source : sources) {
      pending.push_back(work_->files().create(std::move(source), options));
    }
  } catch (...) {
    for (PendingAttachment& one : pending) work_->discard(std::move(one));
    throw;
  }
  return adopt_all(std::move(pending));
}

Attachment Transaction::adopt(PendingAttachment pending) {
  return adopt_for({}, std::move(pending));
}

std::vector<Attachment> Transaction::adopt_all(std::vector<PendingAttachment> pending) {
  if (pending.empty()) return {};
  return work_->adopt(std::move(pending), {});
}

Attachment Transaction::adopt_for(const std::string& slot, PendingAttachment pending) {
  std::vector<PendingAttachment> one;
  one.push_back(std::move(pending));
  return work_->adopt(std::move(one), slot).front();
}

Attachment Transaction::copy(const Attachment& attachment) {
  work_->require_upload({});
  return adopt(work_->files().copy(attachment));
}

Attachment Transaction::replace(const ColumnField& field, const RowKey& key, Source source,
                                CreateOptions options) {
  work_->require_upload(options.idempotency_key);
  const auto expected = work_->load(field, key);
  PendingAttachment pending =
      work_->files().create(std::move(source), detail::with_defaults(std::move(options), field));
  Attachment created = adopt_for(detail::slot_of(field, key), std::move(pending));
  work_->swap(field, key, expected, created);
  return created;
}

Attachment Transaction::replace(const ColumnField& field, const RowKey& key,
                                PendingAttachment pending) {
  std::optional<Attachment> expected;
  check_or_discard(field, pending, [&] { expected = work_->load(field, key); });
  Attachment created = adopt_for(detail::slot_of(field, key), std::move(pending));
  work_->swap(field, key, expected, created);
  return created;
}

void Transaction::clear(const ColumnField& field, const RowKey& key) {
  const auto expected = work_->load(field, key);
  if (expected) work_->swap(field, key, expected, std::nullopt);
}

void Transaction::clear(const ColumnListField& field, const RowKey& key) {
  work_->clear(field, key);
}

Attachment Transaction::append(const ColumnListField& field, const RowKey& key, Source source,
                               CreateOptions options) {
  work_->require_upload(options.idempotency_key);
  static_cast<void>(work_->load(field, key));  // Before the upload: is there such a row?
  PendingAttachment pending = work_->files().create(
      std::move(source), detail::with_defaults(std::move(options), field.column));
  Attachment created = adopt_for(detail::slot_of(field.column, key), std::move(pending));
  work_->append(field, key, created);
  return created;
}

Attachment Transaction::append(const ColumnListField& field, const RowKey& key,
                               PendingAttachment pending) {
  check_or_discard(field.column, pending, [&] { work_->load(field, key); });
  Attachment created = adopt_for(detail::slot_of(field.column, key), std::move(pending));
  work_->append(field, key, created);
  return created;
}

void Transaction::remove(const ColumnListField& field, const RowKey& key, std::string_view id) {
  work_->take_out(field, key, id);
}

Attachment Transaction::ensure_variants(const ColumnField& field, const RowKey& key,
                                        std::vector<std::string> names) {
  const auto found = work_->load(field, key);
  return ensure(field, field, key, found ? &*found : nullptr, std::move(names));
}

Attachment Transaction::ensure_variants(const ColumnListField& field, const RowKey& key,
                                        std::string_view id, std::vector<std::string> names) {
  const AttachmentList list = work_->load(field, key);
  const auto found = std::ranges::find(list, id, &Attachment::id);
  return ensure(field, field.column, key, found != list.end() ? &*found : nullptr,
                std::move(names));
}

template <class Field>
Attachment Transaction::ensure(const Field& field, const ColumnField& column, const RowKey& key,
                               const Attachment* found, std::vector<std::string> names) {
  if (!found) {
    throw Error(Errc::file_not_found, "The row has no such attachment",
                detail::place_of(column, key));
  }
  if (names.empty()) names = detail::texts(column.variants);
  const auto missing = detail::missing_variants(work_->core(), *found, names);
  if (missing.empty()) return *found;
  work_->require_writes();
  return work_->merge(field, key, *found, work_->make_variants(*found, missing));
}

template <class Load>
void Transaction::check_or_discard(const ColumnField& field, PendingAttachment& pending,
                                   Load load) {
  try {
    detail::require_allowed(field.accepts, field.max_size, pending.preview());
    load();
  } catch (...) {
    work_->discard(std::move(pending));
    throw;
  }
}

void Transaction::remove(const Attachment& attachment) { work_->remove(attachment); }

void Transaction::remove(const std::optional<Attachment>& attachment) {
  if (attachment) remove(*attachment);
}

void Transaction::remove(const AttachmentList& attachments) {
  AttachmentList sorted = attachments;  // The order of locks.
  std::ranges::sort(sorted.items, {}, &Attachment::id);
  for (const Attachment& attachment : sorted) remove(attachment);
}

void Transaction::after_commit(std::function<void()> hook) {
  work_->add_hook(work_->after_commit_hooks(), std::move(hook));
}

void Transaction::after_rollback(std::function<void()> hook) {
  work_->add_hook(work_->after_rollback_hooks(), std::move(hook));
}

void Transaction::commit() { work_->commit(); }
void Transaction::rollback() { work_->rollback(); }
bool Transaction::is_open() const noexcept { return work_->is_open(); }

soci::session& Transaction::session() const noexcept { return work_->session(); }

}  // namespace affix
