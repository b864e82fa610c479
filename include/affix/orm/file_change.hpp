#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "affix/manager/attachment_manager.hpp"
#include "affix/orm/detail/model_table.hpp"

namespace affix {

/// A new file for a row: a source, or files that were stored before. Copies are the same file,
/// which can be stored once.
class FileInput {
 public:
  /// What `options` leaves empty is the field's.
  FileInput(Source source, CreateOptions options = {})  // NOLINT: meant to convert
      : content_(std::make_shared<Content>(std::move(source))), options_(std::move(options)) {}
  FileInput(PendingAttachment pending)  // NOLINT: meant to convert
      : content_(std::make_shared<Content>(std::move(pending))) {}

  using Content = std::variant<std::monostate, Source, PendingAttachment>;
  /// The file itself, to be taken out of it. `std::monostate` if that was done.
  Content& content() const noexcept { return *content_; }
  const CreateOptions& options() const noexcept { return options_; }

 private:
  std::shared_ptr<Content> content_;
  CreateOptions options_{};
};

/// What becomes of the records of a field in the media table, or of a list in a column: in this
/// order, with one of the first two. `Errc::invalid_argument` for both, and for an id that is
/// detached and attached.
struct MediaChange {
  /// Makes these records the field's, in this order: adds those that are missing, takes out those
  /// that are not named. Media table only, as `attach`. `Errc::record_not_found` for an id of none.
  std::optional<std::vector<std::string>> set{};
  /// Puts new files behind the others; in a field for one, in the place of what is there.
  std::vector<FileInput> create{};
  /// Takes these out; those that are not there are passed over.
  std::vector<std::string> detach{};
  /// Puts records that exist behind the others, to be shared; those that are there stay where they
  /// are. For lists; `Errc::invalid_argument` for a field for one, which has `set`.
  std::vector<std::string> attach{};
};

/// Takes away what a field has.
struct NoFile {};
inline constexpr NoFile no_file{};

namespace detail {

/// A change without the types of its model.
struct FileChangeNode {
  std::string field;
  MediaChange change;
  bool clear = false;  ///< Before everything else.
};

}  // namespace detail

/// What a create or an update does to an attachment field. Fields that none is given for keep what
/// they have.
///
///     users.create({.name = "Bob"}, {{&User::avatar, Source::from_path("bob.jpg")}});
///     users.update_by_id(1, {}, {{&User::avatar, no_file}});
///     products.update_by_id(7, {}, {{&Product::gallery, {.attach = {id}}}});
template <class T>
class FileChange {
 public:
  FileChange(std::optional<Attachment> T::*field, FileInput file)
      : FileChange(field, MediaChange{.create = {std::move(file)}}) {}
  FileChange(AttachmentList T::*field, FileInput file)
      : FileChange(field, MediaChange{.create = {std::move(file)}}) {}
  FileChange(AttachmentList T::*field, std::vector<FileInput> files)
      : FileChange(field, MediaChange{.create = std::move(files)}) {}
  template <detail::FileMember Member>
  FileChange(Member T::*field, NoFile) : FileChange(field, MediaChange{}) {
    node_.clear = true;
  }
  template <detail::FileMember Member>
  FileChange(Member T::*field, MediaChange change)
      : node_{std::string(detail::name_of(field)), std::move(change)} {}

  const detail::FileChangeNode& node() const noexcept { return node_; }

 private:
  detail::FileChangeNode node_;
};

/// The changes of one row, each to a field of its own.
template <class T>
using FileChanges = std::vector<FileChange<T>>;

}  // namespace affix
