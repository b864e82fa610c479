#include "affix/manager/attachment_manager.hpp"

#include "affix/value/error.hpp"
#include "manager/copy.hpp"
#include "manager/manager_core.hpp"
#include "manager/upload.hpp"

namespace affix {

struct PendingAttachment::State {
  detail::PendingFiles content;
};

PendingAttachment::PendingAttachment(std::unique_ptr<State> state) : state_(std::move(state)) {}
PendingAttachment::PendingAttachment(PendingAttachment&&) noexcept = default;
PendingAttachment& PendingAttachment::operator=(PendingAttachment&&) noexcept = default;
PendingAttachment::~PendingAttachment() = default;

const std::string& PendingAttachment::id() const noexcept { return preview().id; }

const Attachment& PendingAttachment::preview() const noexcept {
  static const Attachment none;
  return state_ ? state_->content.attachment : none;
}

const std::vector<FailedVariant>& PendingAttachment::failed_variants() const noexcept {
  static const std::vector<FailedVariant> none;
  return state_ ? state_->content.failed : none;
}

PendingAttachment detail::ManagerAccess::pending(PendingFiles files) {
  return PendingAttachment(
      std::make_unique<PendingAttachment::State>(PendingAttachment::State{std::move(files)}));
}

detail::PendingFiles detail::ManagerAccess::take(PendingAttachment& pending,
                                                 const ManagerCore& owner) {
  if (!pending.state_) {
    throw Error(Errc::invalid_state, "The pending attachment was adopted or discarded before");
  }
  if (pending.state_->content.owner != &owner) {
    throw Error(Errc::invalid_argument, "Another manager has made the pending attachment",
                {.attachment = pending.id()});
  }
  return std::move(std::exchange(pending.state_, nullptr)->content);
}

AttachmentManager::AttachmentManager(AttachmentManagerOptions options)
    : core_(std::make_unique<detail::ManagerCore>(std::move(options))) {}
AttachmentManager::~AttachmentManager() = default;

PendingAttachment AttachmentManager::create(Source source, const CreateOptions& options) {
  return detail::ManagerAccess::pending(detail::upload(*core_, std::move(source), options));
}

void AttachmentManager::discard(PendingAttachment pending) {
  const detail::PendingFiles content = detail::ManagerAccess::take(pending, *core_);
  core_->remove(content.files, RemovedEvent::Reason::discarded);
}

PendingAttachment AttachmentManager::copy(const Attachment& attachment) {
  return detail::ManagerAccess::pending(detail::copy(*core_, attachment));
}

Attachment AttachmentManager::publish(PendingAttachment pending) {
  core_->require_no_ledger();
  const detail::PendingFiles content = detail::ManagerAccess::take(pending, *core_);
  core_->unmark(content.files);
  return content.attachment;
}

void AttachmentManager::purge(const Attachment& attachment) {
  core_->require_no_ledger();
  core_->remove(core_->removable_files(attachment), RemovedEvent::Reason::removed);
}

std::string AttachmentManager::url(const Attachment& attachment, std::string_view variant) const {
  const auto place = core_->locate(attachment, variant);
  return core_->disk(place.disk).url(place.key);
}

std::string AttachmentManager::temporary_url(const Attachment& attachment, std::string_view variant,
                                             const TemporaryUrlOptions& options) const {
  const auto place = core_->locate(attachment, variant);
  return core_->disk(place.disk).temporary_url(place.key, options);
}

std::unique_ptr<Reader> AttachmentManager::open(const Attachment& attachment,
                                                std::string_view variant,
                                                std::optional<ByteRange> range) const {
  const auto place = core_->locate(attachment, variant);
  return core_->disk(place.disk).open(place.key, range);
}

std::string AttachmentManager::make_id() const { return core_->options().ids->next(); }

const std::vector<Preset>& AttachmentManager::presets() const noexcept {
  return core_->options().presets;
}

const Disks& AttachmentManager::disks() const noexcept { return core_->options().disks; }

}  // namespace affix
