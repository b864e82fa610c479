#include "affix/storage/local_disk.hpp"

#include <cerrno>
#include <chrono>

#include "storage/file_io.hpp"
#include "storage/local_disk_system.hpp"
#include "storage/local_files.hpp"
#include "storage/public_url.hpp"
#include "storage/shared_file.hpp"
#include "storage/system_error.hpp"

namespace affix {
namespace {

constexpr unsigned permission_bits = 0777;

/// The most bytes of a file that is shared.
constexpr std::int64_t shared_size = 4096;

/// When what killed processes left is removed without being asked.
constexpr std::chrono::hours stale_age(24);

/// Whether an `errno` says that the kernel cannot copy between these two files by itself.
bool lacks_copying(int error) {
  return error == EXDEV || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

/// Shares or copies the bytes inside of the kernel where it can.
void copy_bytes(detail::SystemCalls& calls, detail::UniqueFd from, int to) {
  constexpr std::size_t at_once = std::size_t{1} << 30U;
  while (true) {
    const ssize_t count =
        detail::retry_interrupted([&] { return calls.copy(from.get(), to, at_once); });
    if (count == 0) return;
    if (count < 0 && !lacks_copying(errno)) {
      detail::throw_system_error(errno, "The file cannot be copied");
    }
    if (count < 0) break;
  }
  const off_t done = ::lseek(from.get(), 0, SEEK_CUR);
  const std::int64_t size = detail::status_of(from.get()).st_size;
  const auto rest = detail::make_file_reader(std::move(from), {done, size - done});
  detail::write_all(calls, to, *rest);
}

class LocalDisk final : public Disk {
 public:
  LocalDisk(const LocalDiskOptions& options, const detail::LocalDiskSystem& system)
      : options_(options),
        staging_(system.staging),
        tree_(options, system.resolution, system.calls) {
    try {
      detail::remove_stale_files(tree_, system_clock()->now() - stale_age);
    } catch (const Error&) {  // that is no reason to have no disk
    }
  }

 private:
  void do_put(const Key& key, Reader& content, const PutOptions& options) override {
    if (options.may_share && options.overwrite == Overwrite::never &&
        content.size().value_or(shared_size + 1) <= shared_size) {
      return put_shared(key, read_all(content, shared_size), options);
    }
    write(key, options, [&](int file) { detail::write_all(tree_.calls(), file, content); });
  }

  std::unique_ptr<Reader> do_open(const Key& key, std::optional<ByteRange> range) override {
    detail::UniqueFd file = open_existing(key);
    const Extent extent = clamp(range, detail::status_of(file.get()).st_size);
    return detail::make_file_reader(std::move(file), extent);
  }

  std::optional<FileInfo> do_stat(const Key& key) override { return detail::stat_file(tree_, key); }
  void do_remove(const Key& key) override { detail::remove_file(tree_, key); }
  void do_remove_prefix(const Key& prefix) override { detail::remove_below(tree_, prefix); }

  void do_copy(const Key& from, const Key& to, const PutOptions& options) override {
    detail::UniqueFd source = open_existing(from);
    write(to, options, [&](int file) { copy_bytes(tree_.calls(), std::move(source), file); });
  }

  std::size_t do_remove_stale_uploads(TimePoint older_than) override {
    return detail::remove_stale_files(tree_, older_than);
  }

  Listing do_list(const ListOptions& options) override {
    return detail::list_files(tree_, options);
  }

  std::string do_url(const Key& key) override { return detail::public_url(options_.base_url, key); }

  Capabilities do_capabilities() const override {
    return {.public_urls = !options_.base_url.empty(), .list = true, .ranged = true};
  }

  detail::UniqueFd open_existing(const Key& key) const {
    detail::UniqueFd file = detail::open_file(tree_, key);
    if (!file) throw Error(Errc::file_not_found, "There is no such file");
    return file;
  }

  /// After an error nothing is left, not even empty directories.
  template <typename Step>
  auto leaving_nothing(const Key& key, const Step& step) {
    try {
      return step();
    } catch (...) {
      tree_.remove_empty(std::string(key.parent()));
      throw;
    }
  }

  /// Publishes what `fill` writes.
  template <typename Fill>
  detail::UniqueFd write(const Key& key, const PutOptions& options, const Fill& fill) {
    return leaving_nothing(key, [&] {
      detail::StagedFile file(tree_, std::string(key.parent()), staging_);
      fill(file.fd());
      file.publish(key.text(), options_.file_mode, options.overwrite);
      return file.release();
    });
  }

  void put_shared(const Key& key, std::string content, const PutOptions& options) {
    if (put_again(key, content)) return;
    detail::UniqueFd file = write(key, options, [&](int to) {
      detail::write_all(tree_.calls(), to, *make_view_reader(as_bytes(content)));
    });
    shared_.keep(std::move(content), std::move(file));
  }

  /// Whether the file that is shared has got one more name. It may be able to have none, or none in
  /// this directory.
  bool put_again(const Key& key, const std::string& content) {
    detail::UniqueFd file = shared_.find(content);
    if (!file) return false;
    const int error = leaving_nothing(
        key, [&] { return detail::StagedFile(tree_, std::move(file)).publish_again(key.text()); });
    if (error == EEXIST) throw Error(Errc::exists, "There is a file already");
    return error == 0;
  }

  LocalDiskOptions options_;
  detail::Staging staging_;
  detail::LocalTree tree_;
  detail::SharedFile shared_;
};

}  // namespace

std::shared_ptr<Disk> detail::make_local_disk(const LocalDiskOptions& options,
                                              const LocalDiskSystem& system) {
  if (options.root.empty()) {
    throw Error(Errc::invalid_argument, "A local disk needs a directory", {.member = "root"});
  }
  if ((options.file_mode & ~permission_bits) != 0) {
    throw Error(Errc::invalid_argument, "These are no permissions", {.member = "file_mode"});
  }
  return std::make_shared<LocalDisk>(options, system);
}

std::shared_ptr<Disk> make_local_disk(const LocalDiskOptions& options) {
  return detail::make_local_disk(options, {});
}

}  // namespace affix
