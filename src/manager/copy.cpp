#include "manager/copy.hpp"

#include <vector>

namespace affix::detail {
namespace {

struct FileCopy {
  Key from;
  Key to;
};

}  // namespace

PendingFiles copy(const ManagerCore& core, const Attachment& original) {
  Attachment copied = original;
  copied.id = core.options().ids->next();
  copied.created_at = core.now();
  const Key folder = Key::parse(core.options().key_prefix) / copied.id;
  std::vector<FileCopy> plan;
  const auto move_to = [&](std::string& path, std::string_view variant, const Key& target) {
    const Key from = own_key(original, variant);
    plan.push_back({from, target / from.file_name()});
    path = plan.back().to.text();
  };
  move_to(copied.path, {}, folder);
  for (auto& [name, variant] : copied.variants) {
    variant.disk = copied.disk;
    move_to(variant.path, name, folder / "variants");
  }
  const StoredFiles files{copied.id, copied.disk, folder};
  Disk& disk = core.disk(copied.disk);
  core.mark(files);
  try {
    for (const FileCopy& one : plan) disk.copy(one.from, one.to);
  } catch (...) {
    core.try_remove(files, RemovedEvent::Reason::discarded);
    throw;
  }
  return {&core, files, copied, {}, *copied.created_at};
}

}  // namespace affix::detail
