#include <algorithm>

#include "persistence/session_settings.hpp"
#include "persistence/stamps.hpp"
#include "persistence/transaction_work.hpp"

// Variants that are made of an attachment when a row has it already. Their files are on the disk
// before the row is locked: by then somebody may have replaced the attachment, or made the same.

namespace affix {
namespace {

/// Of who wants to clean up beside his work.
constexpr std::chrono::milliseconds patience{500};

void add_variants(Attachment& attachment, const detail::PublishedVariants& published) {
  for (const auto& [name, variant] : published.variants) attachment.variants[name] = variant;
}

bool names(const std::map<std::string, Variant, std::less<>>& variants, const Key& key) {
  return std::ranges::any_of(variants,
                             [&](const auto& one) { return one.second.path == key.text(); });
}

}  // namespace

detail::PublishedVariants Transaction::Work::make_variants(const Attachment& attachment,
                                                           std::span<const Preset> presets) {
  auto published = detail::publish_variants(core_, attachment, presets);
  if (published.unlisted.empty()) return published;
  // The row that does not name them may have been committed in a way that does not last yet. In a
  // transaction that is open nothing can be done about that; `verify` will find them.
  if (!core_.has_ledger() || in_transaction(sql_)) {
    published.unlisted.clear();
    return published;
  }
  try {
    const detail::LockPatience waiting(sql_, patience);
    detail::Stamps(sql_, core_).advance();
  } catch (const Error& error) {
    published.unlisted.clear();
    core_.notify(&Observer::cleanup_failed,
                 CleanupFailedEvent{attachment.id, attachment.disk, {}, error});
  }
  return published;
}

std::vector<Key> Transaction::Work::lock_for_variants(const Attachment& attachment,
                                                      const std::string& slot,
                                                      const detail::PublishedVariants& published) {
  Disk& disk = core_.disk(attachment.disk);
  const auto found = core_.has_ledger() ? ledger_.lock(attachment.id) : std::nullopt;
  if (found && found->state != detail::LedgerState::live) {
    // The reaper has been here, and comes again only much later. Before it has, another process may
    // have given the same files to the row, and the row may come back with a power failure.
    if (found->state == detail::LedgerState::dead) {
      static_cast<void>(disk.remove_many(published.written));
    }
    throw Error(Errc::conflict, "Somebody else has replaced or removed the attachment",
                {.attachment = attachment.id});
  }
  for (const auto& [name, variant] : published.variants) {
    if (disk.exists(Key::parse(variant.path))) continue;
    throw Error(Errc::conflict, "Somebody else has removed a new variant as an old one",
                {.attachment = attachment.id, .variant = name});
  }
  const bool is_ours = found && found->files.disk == attachment.disk && found->slot == slot;
  std::vector<Key> old = published.unlisted;
  std::erase_if(old, [&](const Key& key) {
    return !is_ours || !key.is_below(found->files.prefix) || names(published.variants, key);
  });
  return old;
}

void Transaction::Work::remove_unlisted(const Attachment& now,
                                        std::span<const Key> old) const noexcept {
  try {
    for (const Key& key : old) {
      if (!names(now.variants, key)) core_.disk(now.disk).remove(key);
    }
  } catch (const Error& error) {
    core_.notify(&Observer::cleanup_failed, CleanupFailedEvent{now.id, now.disk, {}, error});
  }
}

Attachment Transaction::Work::merge(const ColumnField& field, const RowKey& key,
                                    const Attachment& attachment,
                                    const detail::PublishedVariants& published) {
  using OneAttachment = std::optional<Attachment>;
  return on_row(field, key, [&] {
    const auto old = lock_for_variants(attachment, detail::slot_of(field, key), published);
    OneAttachment current = read_locked(field, key, OneAttachment(attachment));
    if (!current || current->id != attachment.id) detail::changed_meanwhile();
    remove_unlisted(*current, old);
    add_variants(*current, published);
    write(field, key, current);
    return *current;
  });
}

Attachment Transaction::Work::merge(const ColumnListField& field, const RowKey& key,
                                    const Attachment& attachment,
                                    const detail::PublishedVariants& published) {
  return on_row(field.column, key, [&] {
    const auto old = lock_for_variants(attachment, detail::slot_of(field.column, key), published);
    AttachmentList list = read_locked(field.column, key, AttachmentList{{attachment}});
    const auto found = std::ranges::find(list.items, attachment.id, &Attachment::id);
    if (found == list.items.end()) detail::changed_meanwhile();
    remove_unlisted(*found, old);
    add_variants(*found, published);
    write(field.column, key, list);
    return *found;
  });
}

}  // namespace affix
