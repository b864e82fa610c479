#include "affix/testing/power_loss_disk.hpp"

#include <fstream>

#include "storage/local_disk_system.hpp"
#include "testing/disk_recording_calls.hpp"

namespace affix::testing {
namespace {

namespace fs = std::filesystem;

/// Makes the directory if it is not there, and returns its path.
const fs::path& require_empty(const fs::path& directory) {
  fs::create_directories(directory);
  if (!fs::is_empty(directory)) {
    throw Error(Errc::invalid_argument, "The directory is not empty", {.member = "root"});
  }
  return directory;
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << bytes << std::flush)) throw Error(Errc::storage, "The file cannot be written");
}

}  // namespace

class PowerLossDisk::Recorder : public RecordingCalls {
  using RecordingCalls::RecordingCalls;
};

PowerLossDisk::PowerLossDisk(const LocalDiskOptions& options)
    : recorder_(std::make_shared<Recorder>(require_empty(options.root))),
      disk_(detail::make_local_disk(options, {.calls = recorder_})) {}

PowerLossDisk::~PowerLossDisk() = default;

std::size_t PowerLossDisk::moments() const { return recorder_->steps(); }

void PowerLossDisk::restore(std::size_t moment, PowerLossChoices& choices,
                            const fs::path& directory) const {
  if (moment > moments()) throw Error(Errc::invalid_argument, "This moment has not come yet");
  require_empty(directory);
  for (const auto& [path, bytes] : recorder_->remains(moment, choices)) {
    if (bytes) {
      write_file(directory / path, *bytes);
    } else {
      fs::create_directory(directory / path);
    }
  }
}

}  // namespace affix::testing
