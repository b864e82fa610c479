// A product with its cover in a column and its gallery in the media table, one picture of which it
// shares with a page; on SQLite and a local disk.
//
//   02_gallery [--output DIR] IMAGE...
//
// DIR (by default "gallery") is emptied first if an earlier run made it; it gets the database, the
// pictures, and index.html.

#include <soci/soci.h>

#include <affix/affix.hpp>
#include <affix/media/media.hpp>
#include <affix/persistence/persistence.hpp>
#include <filesystem>
#include <iomanip>
#include <iostream>

#include "page.hpp"

namespace fs = std::filesystem;

namespace {

constexpr affix::ColumnField product_cover{
    .table = "products", .column = "cover", .key = "id", .variants = {"thumb"}};
constexpr int product = 1;

struct Arguments {
  fs::path output = "gallery";
  std::vector<fs::path> images{};
};

Arguments read_arguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(values[i]) == "--output" && i + 1 < count) {
      arguments.output = values[++i];
    } else {
      arguments.images.emplace_back(values[i]);
    }
  }
  return arguments;
}

/// Only a folder that this program has made is emptied.
void prepare(const fs::path& output) {
  const fs::path database = output / "shop.db";
  if (fs::exists(database)) {
    fs::remove_all(output / "uploads");
    fs::remove(database);
  }
  fs::create_directories(output);
}

void create_tables(soci::session& sql, affix::AttachmentManager& files) {
  sql << "create table products(id integer primary key, name varchar(100) not null, cover text)";
  sql << "insert into products(id, name) values(1, 'A kettle')";
  affix::ensure_schema(sql, files);
  affix::ensure_media_schema(sql);
}

/// All pictures become the gallery, the first one of them the cover. What is none is left out.
void add_pictures(soci::session& sql, affix::AttachmentManager& files,
                  const affix::MediaLibrary& library, const std::vector<fs::path>& images) {
  const auto gallery = library.for_owner("Product", product).collection("gallery");
  affix::Transaction tx(sql, files);
  fs::path cover;
  for (const fs::path& image : images) {
    try {
      gallery.attach(tx, affix::Source::from_path(image));
    } catch (const affix::Error& error) {
      std::cout << "refused: " << error.what() << '\n';
      tx.rollback();
      continue;
    }
    tx.commit();
    if (cover.empty()) cover = image;
  }
  if (cover.empty()) throw std::runtime_error("none of the pictures could be used");
  tx.replace(product_cover, product, affix::Source::from_path(cover));
  tx.commit();
}

/// The page gets what the product has: no second file.
void share_first(soci::session& sql, affix::AttachmentManager& files,
                 const affix::MediaLibrary& library) {
  const auto gallery = library.for_owner("Product", product).collection("gallery");
  const std::vector<std::string> ids{gallery.list().front().attachment.id};
  affix::Transaction tx(sql, files);
  library.for_owner("Page", "about").collection("figures").attach(tx, ids);
  library.update(tx, ids.front(), [](affix::MediaRecord& record) {
    affix::set_custom_property(record, "alt.en", "The kettle from the front");
  });
  tx.commit();
}

void turn_around(soci::session& sql, affix::AttachmentManager& files,
                 const affix::MediaLibrary& library) {
  const auto gallery = library.for_owner("Product", product).collection("gallery");
  std::vector<std::string> ids;
  for (const auto& record : gallery.list()) ids.insert(ids.begin(), record.attachment.id);
  affix::Transaction tx(sql, files);
  gallery.reorder(tx, ids);
  tx.commit();
}

void print_table(const affix::MediaLibrary& library) {
  std::cout << std::left << std::setw(10) << "position" << std::setw(24) << "name" << std::setw(14)
            << "size"
            << "used by\n"
            << std::string(76, '-') << '\n';
  std::size_t position = 0;
  for (const auto& record : library.for_owner("Product", product).collection("gallery").list()) {
    const affix::Attachment& picture = record.attachment;
    std::string users;
    for (const affix::MediaLink& link : library.places(picture.id)) {
      users += (users.empty() ? "" : ", ") + link.place.owner.type + ' ' + link.place.owner.id;
    }
    std::cout << std::setw(10) << position++ << std::setw(24) << picture.name << std::setw(14)
              << std::to_string(picture.width) + " x " + std::to_string(picture.height) << users
              << '\n';
  }
}

std::vector<affix::Attachment> pictures_of(const std::vector<affix::MediaRecord>& records) {
  std::vector<affix::Attachment> pictures;
  for (const auto& record : records) pictures.push_back(record.attachment);
  return pictures;
}

void run(const Arguments& arguments) {
  prepare(arguments.output);
  affix::AttachmentManager files(
      {.disks = {{"local", affix::make_local_disk(
                               {.root = arguments.output / "uploads", .base_url = "uploads"})}},
       .converter = affix::make_vips_converter(),
       .presets = {{.name = "thumb", .width = 240, .height = 240}}});
  soci::session sql("sqlite3", "db=\"" + (arguments.output / "shop.db").string() + "\"");
  create_tables(sql, files);
  const affix::MediaLibrary library(
      {.store = affix::make_soci_media_store(sql),
       .files = files,
       .collections = {{.name = "gallery",
                        .accepts = {"image/jpeg", "image/png", "image/webp"},
                        .presets = {"thumb"}}}});

  add_pictures(sql, files, library, arguments.images);
  share_first(sql, files, library);
  turn_around(sql, files, library);
  print_table(library);

  const auto gallery = library.for_owner("Product", product).collection("gallery").list();
  const auto figures = library.for_owner("Page", "about").collection("figures").list();
  write_page(arguments.output / "index.html", files,
             {{"The cover, in a column", {product_cover.load(sql, product).value()}},
              {"The gallery, in the media table", pictures_of(gallery)},
              {"The page's figures, shared", pictures_of(figures)}});
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments = read_arguments(count, values);
  if (arguments.images.empty()) {
    std::cerr << "usage: 02_gallery [--output DIR] IMAGE...\n";
    return 2;
  }
  try {
    run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "02_gallery: " << error.what() << '\n';
    return 1;
  }
}
