#include "affix/storage/checksum.hpp"
#include "catch.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;
using affix::testing::Fault;

namespace {

/// Every file belongs to an id that a marker names.
void check_attributed(Workshop& shop) {
  const std::set<std::string> markers = shop.markers();
  for (const std::string& key : shop.stored()) {
    CAPTURE(key);
    const std::string id = key.substr(std::string("attachments/").size(), 36);
    CHECK(markers.contains(id));
  }
}

}  // namespace

TEST_CASE("whichever disk operation of create fails, nothing is left that no marker names") {
  const Backing backing = GENERATE(Backing::memory, Backing::local);
  const Fault fault = GENERATE(Fault::before, Fault::half, Fault::after, Fault::disk_full);
  Workshop shop(backing);
  const CreateOptions options{.variants = {"thumb", "card"}};
  int faults = 0;
  for (int n = 1;; ++n) {
    CAPTURE(n);
    shop.disk->fail_at(n, fault);
    std::optional<PendingAttachment> pending;
    const auto error =
        error_of([&] { pending.emplace(shop.files.create(picture("chelsea.png"), options)); });
    const bool tripped = shop.disk->tripped();
    shop.disk->fail_at(0);
    check_attributed(shop);
    if (pending) {
      CHECK(read_all(*shop.files.open(pending->preview())).size() ==
            static_cast<std::size_t>(pending->preview().size));
      shop.files.discard(std::move(*pending));
    } else {
      // The disk works again by the time of cleaning up, so that nothing at all is left.
      CHECK(shop.stored().empty());
      CHECK(error->where().disk == "local");
      ++faults;
    }
    if (!tripped) break;
  }
  CHECK(faults == 4);  // The marker, the file and its two variants.
}

TEST_CASE("a disk that stays broken leaves only what a marker names") {
  const Fault fault = GENERATE(Fault::before, Fault::after);
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  for (int n = 1; n <= 8; ++n) {
    CAPTURE(n);
    shop.disk->fail_from(n, fault);
    const auto error = error_of([&] {
      static_cast<void>(shop.files.create(picture("chelsea.png"), {.variants = {"thumb"}}));
    });
    shop.disk->fail_at(0);
    CHECK(error.has_value() == (n <= 3));  // The marker, the file and its variant.
    check_attributed(shop);
  }
}

TEST_CASE("whichever disk operation fails under an id that is taken, its files stay") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  const Fault fault = GENERATE(Fault::before, Fault::after);
  const std::string id = shop.files.make_id();
  const PendingAttachment first = shop.files.create(picture("coffee.png"), {.id = id});
  const bool has_marker = GENERATE(true, false);
  if (!has_marker) shop.real->remove(Key::parse(".affix/main/pending/" + id));
  for (int n = 1; n <= 4; ++n) {
    CAPTURE(n);
    shop.disk->fail_at(n, fault);
    CHECK(
        code_of([&] { static_cast<void>(shop.files.create(picture("chelsea.png"), {.id = id})); }));
    shop.disk->fail_at(0);
    CHECK(shop.stored() == std::set<std::string>{first.preview().path});
    if (has_marker) CHECK(shop.markers() == std::set<std::string>{id});
  }
}

TEST_CASE("whichever disk operation of discard fails, it can be cleaned up by its marker") {
  Workshop shop(GENERATE(Backing::memory, Backing::local));
  for (int n = 1;; ++n) {
    PendingAttachment pending = shop.files.create(picture("chelsea.png"), {.variants = {"thumb"}});
    shop.disk->fail_at(n);
    const auto code = code_of([&] { shop.files.discard(std::move(pending)); });
    const bool tripped = shop.disk->tripped();
    shop.disk->fail_at(0);
    CHECK(code == (tripped ? std::optional(Errc::storage) : std::nullopt));
    check_attributed(shop);
    if (!tripped) break;
  }
}
