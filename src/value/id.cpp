#include "affix/value/id.hpp"

#include <algorithm>
#include <boost/uuid/entropy_error.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cstdint>
#include <utility>

#include "affix/value/error.hpp"

namespace affix {
namespace {

constexpr std::size_t uuid_size = 36;
constexpr std::size_t time_bytes = 6;

/// A version-4 UUID has its random bits where version 7 has them, and more: a new generator for
/// each call keeps no state that a forked child could repeat.
boost::uuids::uuid random_uuid() {
  try {
    return boost::uuids::random_generator_pure()();
  } catch (const boost::uuids::entropy_error& error) {
    throw Error(Errc::unsupported, "The operating system gave no random bytes", {}, error.what());
  }
}

class UuidGenerator final : public IdGenerator {
 public:
  explicit UuidGenerator(std::shared_ptr<const Clock> clock) : clock_(std::move(clock)) {}

  std::string next() override {
    boost::uuids::uuid id = random_uuid();
    auto time = static_cast<std::uint64_t>(clock_->now().time_since_epoch().count());
    for (std::size_t i = time_bytes; i-- > 0; time >>= 8U) {
      id.data[i] = static_cast<std::uint8_t>(time & 0xFFU);
    }
    id.data[time_bytes] = static_cast<std::uint8_t>((id.data[time_bytes] & 0x0FU) | 0x70U);
    return boost::uuids::to_string(id);
  }

 private:
  std::shared_ptr<const Clock> clock_;
};

bool is_lower_hex_digit(char character) noexcept {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

bool is_id_character(char character) noexcept {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || character == '_' || character == '-';
}

}  // namespace

std::shared_ptr<IdGenerator> make_id_generator(std::shared_ptr<const Clock> clock) {
  if (!clock) throw Error(Errc::invalid_argument, "An id generator needs a clock");
  return std::make_shared<UuidGenerator>(std::move(clock));
}

bool is_uuid_v7(std::string_view text) noexcept {
  constexpr std::string_view form = "xxxxxxxx-xxxx-7xxx-vxxx-xxxxxxxxxxxx";
  constexpr std::string_view variant = "89ab";
  const auto fits = [&](char character, char place) {
    if (place == 'x') return is_lower_hex_digit(character);
    if (place == 'v') return variant.find(character) != std::string_view::npos;
    return character == place;
  };
  return text.size() == uuid_size && std::ranges::equal(text, form, fits);
}

bool is_attachment_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= uuid_size && std::ranges::all_of(text, is_id_character);
}

}  // namespace affix
