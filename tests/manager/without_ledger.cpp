#include "catch.hpp"
#include "support/errors.hpp"
#include "support/text_converter.hpp"
#include "support/workshop.hpp"

using namespace affix;
using namespace affix::tests;

// `publish` and `purge`: what a transaction does by itself, by hand.

namespace {

struct Removals : Observer {
  void removed(const RemovedEvent& event) override {
    ids.emplace_back(event.id);
    reason = event.reason;
  }
  std::vector<std::string> ids;
  RemovedEvent::Reason reason{};
};

struct Plain : Workshop {
  explicit Plain(Backing backing = Backing::memory, std::shared_ptr<Observer> observer = nullptr)
      : Workshop(backing, std::move(observer), std::make_shared<TextConverter>(),
                 {.mode = LedgerOptions::Mode::off}) {}

  PendingAttachment create(const std::string& text = "A text.") {
    return files.create(Source::from_memory(text, "notes.txt"), {.variants = {"thumb"}});
  }
};

}  // namespace

TEST_CASE("what is published has no marker, and is what was shown before") {
  Plain shop(GENERATE(Backing::memory, Backing::local));
  PendingAttachment pending = shop.create();
  const Attachment shown = pending.preview();
  CHECK(shop.markers() == std::set<std::string>{shown.id});
  const Attachment published = shop.files.publish(std::move(pending));
  CHECK(published == shown);
  CHECK(shop.markers().empty());
  CHECK(read_all(*shop.files.open(published, "thumb")) == "thumb of A text.");
}

TEST_CASE("a pending attachment is published once, and by the manager that has made it") {
  Plain shop, other;
  PendingAttachment pending = shop.create();
  CHECK(code_of([&] { other.files.publish(std::move(pending)); }) == Errc::invalid_argument);
  PendingAttachment again = shop.create();
  shop.files.publish(std::move(again));
  CHECK(code_of([&] { shop.files.publish(std::move(again)); }) == Errc::invalid_state);
  CHECK(other.is_empty());
}

TEST_CASE("when the marker cannot be removed, publish says so and the files stay") {
  Plain shop;
  PendingAttachment pending = shop.create();
  const Attachment shown = pending.preview();
  shop.disk->fail_at(1);
  CHECK(code_of([&] { shop.files.publish(std::move(pending)); }) == Errc::storage);
  CHECK(shop.markers() == std::set<std::string>{shown.id});
  CHECK(shop.stored().contains(shown.path));
}

TEST_CASE("what is purged is gone with its variants, and nothing else is") {
  const auto removals = std::make_shared<Removals>();
  Plain shop(GENERATE(Backing::memory, Backing::local), removals);
  const Attachment kept = shop.files.publish(shop.create("Another."));
  const Attachment purged = shop.files.publish(shop.create());
  shop.files.purge(purged);
  CHECK(shop.stored() == std::set<std::string>{kept.path, kept.variants.at("thumb").path});
  CHECK(removals->ids == std::vector<std::string>{purged.id});
  CHECK(removals->reason == RemovedEvent::Reason::removed);
  CHECK_NOTHROW(shop.files.purge(purged));  // What is gone can be purged once more.
}

TEST_CASE("a purge that failed is finished by the next one") {
  Plain shop(GENERATE(Backing::memory, Backing::local));
  const Attachment attachment = shop.files.publish(shop.create());
  int faults = 0;
  for (int n = 1;; ++n) {
    shop.disk->fail_at(n);
    const auto code = code_of([&] { shop.files.purge(attachment); });
    const bool tripped = shop.disk->tripped();
    shop.disk->fail_at(0);
    if (!tripped) break;
    CHECK(code == Errc::storage);
    ++faults;
  }
  CHECK(faults == 2);  // The files and the marker.
  CHECK(shop.is_empty());
}

TEST_CASE("what affix has not stored is not purged") {
  Plain shop;
  const Attachment victim = shop.files.publish(shop.create());
  const auto before = everything_on(*shop.real);
  Attachment forged = victim;
  SECTION("a path that is not below the id") {
    forged.id = shop.files.make_id();
    CHECK(code_of([&] { shop.files.purge(forged); }) == Errc::invalid_key);
  }
  SECTION("an id that is none of affix's") {
    forged.id = "attachments";
    forged.path = "attachments/notes.txt";
    CHECK(code_of([&] { shop.files.purge(forged); }) == Errc::invalid_key);
  }
  SECTION("a disk that there is not") {
    forged.disk = "cellar";
    CHECK(code_of([&] { shop.files.purge(forged); }) == Errc::unknown_disk);
  }
  CHECK(everything_on(*shop.real) == before);
}

TEST_CASE("with a ledger a refused publish leaves the pending attachment as it was") {
  Workshop shop(Backing::memory, nullptr, std::make_shared<TextConverter>());
  PendingAttachment pending = shop.files.create(Source::from_memory("A text.", "notes.txt"));
  CHECK(code_of([&] { shop.files.publish(std::move(pending)); }) == Errc::invalid_state);
  CHECK(shop.stored().size() == 1);
  CHECK(code_of([&] { shop.files.purge(Attachment()); }) == Errc::invalid_state);
}
