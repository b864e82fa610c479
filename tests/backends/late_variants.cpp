#include "catch.hpp"
#include "manager/manager_core.hpp"
#include "owners.hpp"
#include "support/errors.hpp"

// Variants that are made of a stored attachment, while others are at the same row.

using namespace affix;
using namespace affix::tests;

namespace {

/// A row with a file, and two sessions that are at it.
class LateVariants {
 public:
  explicit LateVariants(const Target& target) : owners(target) {
    owners.db.connect(other);
    first = owners.add(1);
  }

  /// Adds a variant in the other session.
  Attachment add_behind_the_back(const std::string& name) {
    Transaction tx(other, owners.shop.files);
    const Attachment found = tx.ensure_variants(owners.field, 1, {name});
    tx.commit();
    return found;
  }

  /// Calls `step` once, when the next variant is made and its file is on the disk, before the row
  /// is locked.
  void when_made(std::function<void()> step) {
    detail::ManagerAccess::core(owners.shop.files).around_statement =
        [this, step = std::move(step), once = false](std::string_view name,
                                                     const auto& run) mutable {
          if (name == "transaction.begin" && !once) {
            once = true;
            step();
          }
          run();
        };
  }

  Owners owners;
  soci::session other;
  Attachment first;
};

}  // namespace

TEST_CASE("two sessions that add different variants to one row both succeed") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  LateVariants late(target);
  Transaction tx(late.owners.db.sql, late.owners.shop.files);
  // `thumb` is there by an older recipe, and `card` comes while it is made anew.
  Attachment changed = late.first;
  changed.variants.at("thumb").preset = "00000000";
  tx.begin();
  late.owners.db.sql << "update " + late.owners.table + " set doc = :doc where id = 1",
      soci::use(changed);
  tx.commit();
  late.when_made([&] { late.add_behind_the_back("card"); });
  const Attachment merged = tx.ensure_variants(late.owners.field, 1, {"thumb"});
  tx.commit();
  CHECK(merged.variants.contains("card"));
  CHECK(merged.variants.at("thumb").preset == late.first.variants.at("thumb").preset);
  CHECK(late.owners.stored(1) == merged);
  CHECK(late.owners.has_just({merged}));
}

TEST_CASE("a variant that comes after its attachment was replaced goes with it") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  LateVariants late(target);
  Attachment winner;
  late.when_made([&] {
    Transaction tx(late.other, late.owners.shop.files);
    winner = tx.replace(late.owners.field, 1, picture("chelsea.png"));
    tx.commit();
  });
  Transaction tx(late.owners.db.sql, late.owners.shop.files);
  CHECK(code_of([&] { tx.ensure_variants(late.owners.field, 1, {"card"}); }) == Errc::conflict);
  tx.rollback();
  CHECK(late.owners.stored(1) == winner);
  CHECK(late.owners.has_just({winner}));
}

TEST_CASE("a variant that is there is not made again, and one without a preset is an error") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  LateVariants late(target);
  Transaction tx(late.owners.db.sql, late.owners.shop.files);
  CHECK(tx.ensure_variants(late.owners.field, 1) == late.first);
  CHECK_FALSE(tx.is_open());
  CHECK(code_of([&] { tx.ensure_variants(late.owners.field, 1, {"none"}); }) ==
        Errc::unknown_variant);
  CHECK(code_of([&] { tx.ensure_variants(late.owners.field, 7, {"card"}); }) ==
        Errc::record_not_found);
  const Attachment carded = tx.ensure_variants(late.owners.field, 1, {"thumb", "card"});
  tx.commit();
  CHECK(carded.variants.size() == 2);
  CHECK(read_all(*late.owners.shop.files.open(carded, "card")).size() ==
        static_cast<std::size_t>(carded.variants.at("card").size));
}

TEST_CASE("a copy has files of its own, and goes without the original") {
  const Target target = GENERATE(from_range(targets()));
  CAPTURE(target);
  LateVariants late(target);
  Transaction tx(late.owners.db.sql, late.owners.shop.files);
  const Attachment copied = tx.copy(late.first);
  late.owners.insert(2, copied);
  tx.commit();
  CHECK(copied.id != late.first.id);
  CHECK(copied.checksum == late.first.checksum);
  CHECK(late.owners.has_just({late.first, copied}));
  tx.clear(late.owners.field, 1);
  tx.commit();
  CHECK(late.owners.has_just({copied}));
}
