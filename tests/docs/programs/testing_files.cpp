#include <affix/manager/attachment_manager.hpp>
#include <affix/storage/memory_disk.hpp>
#include <affix/testing/faulty_disk.hpp>
#include <affix/testing/manual_clock.hpp>
#include <affix/value/json.hpp>
#include <atomic>
#include <iomanip>
#include <sstream>
#include <stdexcept>

/// 1, 2, 3 … as UUIDs of version 7: what has another id, affix does not remove.
class CountingIds : public affix::IdGenerator {
 public:
  std::string next() override {
    std::ostringstream id;
    id << "01900000-0000-7000-8000-" << std::setw(12) << std::setfill('0') << ++count_;
    return id.str();
  }

 private:
  std::atomic<int> count_ = 0;
};

void check(bool holds) {
  if (!holds) throw std::runtime_error("a check does not hold");
}

affix::Source note() { return affix::Source::from_memory("hello", "note.txt"); }

/// The same document each time: the time and the ids are the test's.
void test_document() {
  affix::AttachmentManager files(
      {.disks = {{"local", affix::make_memory_disk({.base_url = "/files"})}},
       .clock = std::make_shared<affix::testing::ManualClock>(),  // 2026-01-01T00:00:00Z
       .ids = std::make_shared<CountingIds>()});
  affix::PendingAttachment pending = files.create(note());
  check(affix::print(pending.preview()) ==
        R"({"v":1,"id":"01900000-0000-7000-8000-000000000001","name":"note.txt",)"
        R"("fileName":"note.txt","disk":"local",)"
        R"("path":"attachments/01900000-0000-7000-8000-000000000001/note.txt","size":5,)"
        R"("mimeType":"text/plain","checksum":"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c)"
        R"(1fa7425e73043362938b9824","createdAt":"2026-01-01T00:00:00.000Z","meta":{},)"
        R"("variants":{}})");
  check(files.url(pending.preview()) == "/files/" + pending.preview().path);
  check(affix::read_all(*files.open(pending.preview())) == "hello");
  files.discard(std::move(pending));
}

/// The code under test: two files or none.
std::vector<affix::PendingAttachment> upload_both(affix::AttachmentManager& files) {
  std::vector<affix::PendingAttachment> both;
  try {
    both.push_back(files.create(note()));
    both.push_back(files.create(note()));
  } catch (const affix::Error&) {
    for (affix::PendingAttachment& one : both) files.discard(std::move(one));
    throw;
  }
  return both;
}

/// Each operation of the disk fails once; whichever it is, two files are there or none.
void test_faults() {
  auto disk = std::make_shared<affix::testing::FaultyDisk>(affix::make_memory_disk());
  affix::AttachmentManager files({.disks = {{"local", disk}}});
  std::size_t expected = 0;
  for (int n = 1;; ++n) {
    disk->fail_at(n);
    try {
      expected += upload_both(files).size();
    } catch (const affix::Error& error) {
      check(error.code() == affix::Errc::storage);
    }
    const bool tripped = disk->tripped();
    disk->fail_at(0);
    check(disk->list({.prefix = "attachments/"}).files.size() == expected);
    if (!tripped) break;
  }
  check(expected == 2);  // The last time nothing failed.
}

int main() {
  test_document();
  test_faults();
}
