#include <map>
#include <random>

#include "catch.hpp"
#include "power_loss.hpp"
#include "support/campaign.hpp"

using namespace affix;
using tests::PowerLab;
using Files = std::map<std::string, std::string>;

namespace {

/// Does random operations on few keys, and knows what the disk has promised.
class Campaign {
 public:
  explicit Campaign(unsigned seed)
      : random_(seed),
        staging_(*(tests::stagings.begin() + random_() % 3)),
        disk_(lab_.disk(staging_)) {}

  /// Does an operation and looks at some outcomes of a failure at each moment of it.
  void step() {
    const Files before = files_;
    const std::size_t start = lab_.moments();
    operate();
    auto choices = testing::PowerLossChoices::at_random(random_());
    for (std::size_t moment = start; moment <= lab_.moments(); ++moment) {
      for (int i = 0; i < 3; ++i, choices.next()) {
        lab_.look_at(moment, choices, [&](Disk& left) { check(left, before, moment); });
      }
    }
  }

 private:
  std::string random_key() {
    return std::to_string(random_() % 2) + "/" + std::to_string(random_() % 2) + "/" +
           std::to_string(random_() % 3);
  }

  void operate() {
    const std::string key = random_key();
    const std::string text(random_() % 100, static_cast<char>('a' + random_() % 26));
    switch (random_() % 6) {
      case 0:
        disk_->remove(Key::parse(key));
        files_.erase(key);
        return;
      case 1:
        disk_->remove_prefix(Key::parse(key.substr(0, 3)));
        std::erase_if(files_,
                      [&](const auto& file) { return file.first.starts_with(key.substr(0, 3)); });
        return;
      case 2:
        if (files_.contains(key)) return;
        tests::put(*disk_, key, text);
        files_[key] = text;
        return;
      case 3:
        if (files_.empty() || files_.begin()->first == key) return;
        disk_->copy(Key::parse(files_.begin()->first), Key::parse(key),
                    {.overwrite = Overwrite::allowed});
        files_[key] = files_.begin()->second;
        return;
      default:
        tests::put(*disk_, key, text, Overwrite::allowed);
        files_[key] = text;
    }
  }

  /// Each file is as it was before the operation or as it is after it; after the last step of that,
  /// only the latter.
  void check(Disk& left, const Files& before, std::size_t moment) const {
    const bool returned = moment == lab_.moments();
    for (int i = 0; i < 12; ++i) {
      const std::string key =
          std::to_string(i / 6) + "/" + std::to_string(i / 3 % 2) + "/" + std::to_string(i % 3);
      const auto found = tests::content_of(left, key);
      const bool is_new = found == at(files_, key);
      INFO(key << " at moment " << moment << " of " << lab_.moments());
      CHECK((is_new || (!returned && found == at(before, key))));
    }
  }

  static std::optional<std::string> at(const Files& files, const std::string& key) {
    const auto found = files.find(key);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }

  std::mt19937 random_;
  PowerLab lab_;
  detail::Staging staging_;
  std::shared_ptr<Disk> disk_;
  Files files_;
};

}  // namespace

TEST_CASE("whatever was done, a power failure takes nothing back that had returned") {
  for (int seed = 0; seed < tests::rounds(100, 5000); ++seed) {
    INFO("seed " << seed);
    Campaign campaign(static_cast<unsigned>(seed));
    for (int i = 0; i < 12; ++i) campaign.step();
  }
}
