#include "catch.hpp"
#include "gallery.hpp"
#include "support/errors.hpp"

using namespace affix;
using namespace affix::tests;

TEST_CASE("queued variants are made behind the commit, in one job, once [A20]") {
  const std::vector<MediaCollection> rules{{.name = "images",
                                            .presets = {"thumb", "card"},
                                            .variants = MediaCollection::Variants::queued}};
  Gallery gallery;
  std::vector<VariantJob> jobs;
  const std::shared_ptr<VariantQueue> queue = make_thread_queue(
      [&](const VariantJob& job) {
        jobs.push_back(job);
        soci::session sql;
        gallery.connect(sql);
        const MediaLibrary library({.store = make_soci_media_store(sql),
                                    .files = gallery.shop.files,
                                    .collections = {{.name = "images", .presets = job.variants}}});
        Transaction tx(sql, gallery.shop.files);
        library.ensure_variants(tx, job.attachment, job.variants);
        tx.commit();
      },
      {.threads = 1});
  const MediaLibrary library(
      {.store = gallery.store, .files = gallery.shop.files, .collections = rules, .queue = queue});
  const OwnerCollection images = library.for_owner("Product", 1).collection("images");
  Transaction tx(gallery.sql, gallery.shop.files);
  images.attach(tx, Gallery::text("given up"));
  tx.rollback();
  const MediaRecord record = images.attach(tx, Gallery::text("kept"));
  CHECK(record.attachment.variants.empty());
  tx.commit();
  queue->drain();
  CHECK(jobs ==
        std::vector{VariantJob{
            .field = "images", .attachment = record.attachment.id, .variants = {"thumb", "card"}}});
  CHECK(images.first()->attachment.variants.size() == 2);
  CHECK(library.ensure_variants(tx, record.attachment.id) == images.first());
  tx.rollback();

  // Nobody tells a part of the caller's transaction when that is committed.
  gallery.sql.begin();
  Transaction joined(gallery.sql, gallery.shop.files);
  images.attach(joined, Gallery::text("joined"));
  joined.commit();
  gallery.sql.commit();
  queue->drain();
  CHECK(jobs.size() == 1);
  CHECK(images.list().size() == 2);
}

TEST_CASE("queued variants need a queue") {
  Gallery gallery;
  const auto error = error_of([&] {
    MediaLibrary({.store = gallery.store,
                  .files = gallery.shop.files,
                  .collections = {{.name = "images",
                                   .presets = {"thumb"},
                                   .variants = MediaCollection::Variants::queued}}});
  });
  REQUIRE(error);
  CHECK(error->where().member == "queue");
}
