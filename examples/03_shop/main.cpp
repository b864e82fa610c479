// A shop whose users and products are rows of two models: users without files, products with a
// thumbnail, a gallery and documents. Everything is created, found, changed and removed through
// repositories; on SQLite, or on PostgreSQL.
//
//   03_shop [--postgresql] [--output DIR] IMAGE...
//
// DIR (by default "shop") gets the files, and SQLite's database. With --postgresql the database is
// the one of POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DATABASE, POSTGRES_USER and POSTGRES_PASSWORD.
// What an earlier run has left is found, and its product makes way.

#include <affix/affix.hpp>
#include <affix/orm/repository.hpp>
#include <affix/persistence/persistence.hpp>
#include <filesystem>
#include <iostream>
#include <span>

#include "product.hpp"
#include "user.hpp"

namespace fs = std::filesystem;
using affix::Filter;
using affix::Medium;
using affix::Source;
using affix::where;

namespace {

enum class Database { sqlite, postgresql };

struct Arguments {
  Database database = Database::sqlite;
  fs::path output = "shop";
  std::vector<fs::path> images{};
};

Arguments read_arguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view value = values[i];
    if (value == "--postgresql") {
      arguments.database = Database::postgresql;
    } else if (value == "--output" && i + 1 < count) {
      arguments.output = values[++i];
    } else {
      arguments.images.emplace_back(value);
    }
  }
  return arguments;
}

affix::DataSource sqlite_source(const fs::path& file) {
  return affix::DataSource("SqliteDataSource", {.backend = "sqlite3", .file = file.string()});
}

affix::DataSource postgres_source() {
  return affix::DataSource("PostgresDataSource",
                           affix::settings_from_environment("POSTGRES_", {.backend = "postgresql",
                                                                          .host = "localhost",
                                                                          .port = 5432,
                                                                          .database = "mydb",
                                                                          .user = "postgres"}));
}

/// What is missing of the tables: those of the models, of the ledger, and of the media.
void create_tables(affix::DataSource& source, affix::AttachmentManager& files) {
  source.add<User>().add<Product>();
  source.ensure_schema(files);
}

void greet(const UserRepository& users) {
  auto ada = users.find_by_email("ada@example.org");
  if (ada) {
    std::cout << "welcome back: " << ada->name << '\n';
  } else {
    ada = users.create({.name = "Ada", .email = "ada@example.org"});
    std::cout << "new user: " << ada->name << '\n';
  }
}

Source manual() { return Source::from_memory("%PDF-1.4\n% Turn it on.\n%%EOF\n", "manual.pdf"); }
Source warranty() { return Source::from_memory("Two years.\n", "warranty.txt"); }

Product create_product(const affix::Repository<Product>& products,
                       std::span<const fs::path> images) {
  std::vector<affix::FileInput> gallery;
  for (const fs::path& image : images) gallery.emplace_back(Source::from_path(image));
  return products.create({.name = "Laptop", .description = "Powerful laptop", .price = 999},
                         {{&Product::thumbnail, Source::from_path(images.front())},
                          {&Product::gallery, gallery},
                          {&Product::documents, {manual(), warranty()}}});
}

Product find_product(const affix::Repository<Product>& products, long long id) {
  const auto found = products.find_by_id(
      id, Filter<Product>()
              .with(&Product::thumbnail)
              .with(&Product::gallery, Filter<Medium>().order_by_descending(&Medium::created_at))
              .with(&Product::documents, where(&Medium::mime_type).starts_with("application/")));
  return found.value();
}

/// Cheaper, without the first picture, and without the warranty.
void change_product(const affix::Repository<Product>& products, const Product& product) {
  std::vector<std::string> pictures;
  for (const auto& picture : product.gallery.items) pictures.push_back(picture.id);
  pictures.erase(pictures.begin());
  const std::string warranty = product.documents.items.back().id;
  products.update_by_id(product.id, affix::set(&Product::price, 899),
                        {{&Product::gallery, affix::MediaChange{.set = pictures}},
                         {&Product::documents, affix::MediaChange{.detach = {warranty}}}});
}

void print(const Product& product, const affix::AttachmentManager& files) {
  std::cout << product.name << ", " << product.price << '\n';
  std::cout << "  thumbnail: " << files.url(product.thumbnail.value(), "thumb") << '\n';
  for (const auto& one : product.gallery.items) std::cout << "  picture: " << one.file_name << '\n';
  for (const auto& one : product.documents.items)
    std::cout << "  document: " << one.file_name << '\n';
}

void run(const Arguments& arguments) {
  affix::AttachmentManager files(
      {.disks = {{"local", affix::make_local_disk(
                               {.root = arguments.output / "uploads", .base_url = "uploads"})}},
       .converter = affix::make_vips_converter(),
       .presets = {{.name = "thumb", .width = 240, .height = 240}}});
  affix::DataSource source = arguments.database == Database::postgresql
                                 ? postgres_source()
                                 : sqlite_source(arguments.output / "shop.db");
  std::cout << "the database: " << source.connection_string() << '\n';
  create_tables(source, files);

  greet(UserRepository(source));

  const affix::Repository<Product> products(source, files);
  const auto old = products.remove_by(where(&Product::name) == "Laptop");
  std::cout << "products of earlier runs that were removed: " << old.count << '\n';
  const Product laptop = create_product(products, arguments.images);
  print(find_product(products, laptop.id), files);
  change_product(products, laptop);
  print(find_product(products, laptop.id), files);

  const auto illustrated = where(&Product::thumbnail, "mimeType").starts_with("image/");
  std::cout << "illustrated products: " << products.count(illustrated) << '\n';
  affix::reap(*source.session(), files);  // A program does so from a timer, or a thread.
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments = read_arguments(count, values);
  if (arguments.images.empty()) {
    std::cerr << "usage: 03_shop [--postgresql] [--output DIR] IMAGE...\n";
    return 2;
  }
  try {
    fs::create_directories(arguments.output);
    run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "03_shop: " << error.what() << '\n';
    return 1;
  }
}
