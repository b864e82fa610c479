#pragma once

#include <span>
#include <utility>

#include "affix/manager/attachment_manager.hpp"
#include "manager/foreign_folders.hpp"
#include "manager/stored_files.hpp"
#include "manager/variants_in_work.hpp"

namespace affix::detail {

/// What the manager and the layers above it work with: the options, the markers, and removal.
class ManagerCore {
 public:
  /// Where a file of an attachment is.
  struct Place {
    std::string disk;
    Key key;
  };

  explicit ManagerCore(AttachmentManagerOptions options);

  const AttachmentManagerOptions& options() const noexcept { return options_; }
  Disk& disk(std::string_view name) const { return options_.disks.get(name); }

  /// Where the attachment's file is, or its variant if `variant` is not empty: in a folder of
  /// another system, or at a key of its own. Errors as `own_key`.
  Place locate(const Attachment& attachment, std::string_view variant) const;
  /// Whether another system has stored the attachment's file. It is never removed.
  bool is_foreign(const Attachment& attachment) const {
    return foreign_folders_.find(attachment.disk, attachment.path).has_value();
  }
  /// What has to be removed to remove the attachment. Errors as `files_of`, also for one whose file
  /// another system has stored.
  StoredFiles removable_files(const Attachment& attachment) const;

  TimePoint now() const { return options_.clock->now(); }
  /// Checks that there is a preset, or a rung of a ladder, of each name: else
  /// `Errc::unknown_variant`.
  void require_presets(std::span<const std::string> names) const;
  /// What is to be made of a picture of this size (as displayed; 0 if unknown) when these names are
  /// asked for: ladders as their rungs, and everything once. Errors as `require_presets`.
  std::vector<Preset> presets_for(std::span<const std::string> names, int width, int height) const;

  /// `.affix/<instance>`: what affix itself keeps on each disk.
  Key own_folder() const;
  Key marker_folder() const { return own_folder() / "pending"; }
  Key marker(const StoredFiles& files) const { return marker_folder() / files.id; }

  /// Writes the marker: from now on the files are known, whatever happens. `Errc::exists` if
  /// there is one for this id.
  void mark(const StoredFiles& files) const;
  /// The same where a marker may be there from before. Returns whether there was none.
  [[nodiscard]] bool ensure_marked(const StoredFiles& files) const;
  /// Removes the marker. No error if there is none.
  void unmark(const StoredFiles& files) const;
  /// Removes the files, then the marker.
  void remove(const StoredFiles& files, RemovedEvent::Reason reason) const;

  /// As the two above, but what fails is reported and left to the marker.
  void try_unmark(const StoredFiles& files) const noexcept;
  void try_remove(const StoredFiles& files, RemovedEvent::Reason reason) const noexcept;

  VariantsInWork& variants_in_work() const noexcept { return variants_in_work_; }

  /// Runs a statement of affix on the application's database. Tests put themselves around it.
  void statement(std::string_view name, const std::function<void()>& run) const {
    around_statement ? around_statement(name, run) : run();
  }
  /// Gets each statement, by name: it may run it, refuse it, or throw although it ran.
  std::function<void(std::string_view, const std::function<void()>&)> around_statement{};

  /// `Errc::invalid_state` if there is one.
  void require_no_ledger() const;
  bool has_ledger() const noexcept { return options_.ledger.mode == LedgerOptions::Mode::on; }

  /// Tells the observer, if there is one; swallows what it throws.
  template <class Event>
  void notify(void (Observer::*function)(const Event&), const Event& event) const noexcept {
    if (!options_.observer) return;
    try {
      (options_.observer.get()->*function)(event);
    } catch (...) {  // An observer cannot undo what happened.
    }
  }

 private:
  std::vector<Preset> find_presets(std::string_view name, int width, int height) const;
  template <class Step>
  void attempt(const StoredFiles& files, Step step) const noexcept;
  AttachmentManagerOptions options_;
  ForeignFolders foreign_folders_;
  mutable VariantsInWork variants_in_work_;
};

/// The files of a pending attachment, from before they are written.
struct PendingFiles {
  const ManagerCore* owner = nullptr;
  StoredFiles files;
  Attachment attachment;
  std::vector<FailedVariant> failed{};
  TimePoint started{};
  std::string idempotency_key{};
};

/// What layers above the manager may take out of its public types.
struct ManagerAccess {
  static ManagerCore& core(AttachmentManager& manager) noexcept { return *manager.core_; }
  static PendingAttachment pending(PendingFiles files);
  /// Empties it. `Errc::invalid_state` if it is empty, `Errc::invalid_argument` if another manager
  /// has made it; then it stays as it is.
  static PendingFiles take(PendingAttachment& pending, const ManagerCore& owner);
};

}  // namespace affix::detail
