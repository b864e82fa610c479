#pragma once

#include <memory>

#include "affix/conversion/vips_converter.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/storage/local_disk.hpp"
#include "affix/storage/memory_disk.hpp"
#include "affix/testing/faulty_disk.hpp"
#include "affix/testing/manual_clock.hpp"
#include "support/disk_contents.hpp"
#include "support/temporary_directory.hpp"

namespace affix::tests {

enum class Backing { memory, local };

/// What an application has, with a disk whose faults are chosen and a clock that is moved by hand.
class Workshop {
 public:
  explicit Workshop(Backing backing = Backing::memory, std::shared_ptr<Observer> observer = nullptr,
                    std::shared_ptr<const Converter> converter = make_vips_converter(),
                    LedgerOptions ledger = {})
      : real(make_disk(backing)),
        disk(std::make_shared<testing::FaultyDisk>(real)),
        clock(std::make_shared<testing::ManualClock>()),
        files(options(std::move(observer), std::move(converter), std::move(ledger))) {}

  /// Names of attachments' files on the disk; an empty set after a failed upload.
  std::set<std::string> stored() { return files_on(*real); }
  std::set<std::string> markers() { return markers_on(*real); }
  bool is_empty() { return everything_on(*real).empty(); }

  TemporaryDirectory directory;
  std::shared_ptr<Disk> real;
  std::shared_ptr<testing::FaultyDisk> disk;
  std::shared_ptr<testing::ManualClock> clock;
  AttachmentManager files;

 private:
  std::shared_ptr<Disk> make_disk(Backing backing) {
    if (backing == Backing::memory) return make_memory_disk({.base_url = "/files"});
    return make_local_disk({.root = directory.path() / "root", .base_url = "/files"});
  }

  AttachmentManagerOptions options(std::shared_ptr<Observer> observer,
                                   std::shared_ptr<const Converter> converter,
                                   LedgerOptions ledger) {
    return {.disks = {{"local", disk}, {"other", make_memory_disk()}},
            .converter = std::move(converter),
            .presets = {{.name = "thumb", .width = 200, .height = 200},
                        {.name = "card", .width = 640, .fit = Fit::inside}},
            .ledger = std::move(ledger),
            .observer = std::move(observer),
            .clock = clock};
  }
};

}  // namespace affix::tests
