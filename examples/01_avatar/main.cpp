// An avatar for each user: stored, shown, replaced, rolled back and removed, on SQLite and a local
// disk.
//
//   01_avatar [--output DIR] IMAGE...
//
// DIR (by default "demo") is emptied first if an earlier run made it; it gets the database, the
// pictures, and index.html.

#include <soci/soci.h>

#include <affix/conversion/vips_converter.hpp>
#include <affix/manager/attachment_manager.hpp>
#include <affix/persistence/ledger.hpp>
#include <affix/persistence/reaper.hpp>
#include <affix/persistence/transaction.hpp>
#include <affix/storage/local_disk.hpp>
#include <filesystem>
#include <iostream>
#include <vector>

#include "progress.hpp"
#include "report.hpp"
#include "user.hpp"

namespace fs = std::filesystem;
using soci::into;
using soci::use;

namespace {

struct Arguments {
  fs::path output = "demo";
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
  const fs::path database = output / "users.db";
  if (fs::exists(database)) {
    fs::remove_all(output / "uploads");
    fs::remove(database);
  }
  fs::create_directories(output);
}

affix::AttachmentManagerOptions configuration(const fs::path& output) {
  return {.disks = {{"local",
                     affix::make_local_disk({.root = output / "uploads", .base_url = "uploads"})}},
          .converter = affix::make_vips_converter(),
          .presets = {
              {.name = "thumb", .width = 200, .height = 200},
              {.name = "card", .width = 640, .fit = affix::Fit::inside},
              {.name = "og", .width = 1200, .height = 630, .format = affix::ImageFormat::jpeg}}};
}

affix::PendingAttachment upload(affix::AttachmentManager& files, const fs::path& image) {
  ProgressBar bar(image.filename().string());
  return files.create(
      affix::Source::from_path(image),
      {.variants = {"thumb", "card", "og"},
       .progress = [&bar](const affix::Progress& progress) { bar.show(progress); }});
}

/// Throws if the picture is none; then there is no such user and no file.
void insert_user(soci::session& sql, affix::AttachmentManager& files, long long id,
                 const fs::path& image) {
  // The picture is stored and converted first, while the database is locked by nobody.
  affix::PendingAttachment pending = upload(files, image);
  affix::Transaction tx(sql, files);
  const User user{
      .id = id, .name = "User " + std::to_string(id), .avatar = tx.adopt(std::move(pending))};
  sql << "insert into users(id, name, avatar) values(:id, :name, :avatar)", use(user.id),
      use(user.name), use(user.avatar);
  tx.commit();  // The row and its files, or neither.
}

/// Three ways of reading; all give the same values.
void read_back(soci::session& sql) {
  std::optional<affix::Attachment> avatar;
  sql << "select avatar from users where id = 1", into(avatar);
  std::cout << "into:            " << avatar->file_name << ", " << avatar->width << " x "
            << avatar->height << '\n';

  const soci::rowset<std::optional<affix::Attachment>> avatars =
      (sql.prepare << "select avatar from users order by id");
  for (const auto& one : avatars) {
    std::cout << "rowset:          " << (one ? one->file_name : "no avatar") << '\n';
  }

  User user;
  sql << "select id, name, avatar from users where id = 1", into(user);
  std::cout << "type_conversion: " << user.name << " has " << user.avatar->variants.size()
            << " variants\n";

  std::string column;
  sql << "select avatar from users where id = 1", into(column);
  std::cout << "in the column:   " << column << "\n\n";
}

void open_variant(soci::session& sql, affix::AttachmentManager& files) {
  const auto avatar = user_avatar.load(sql, 1);
  const std::string bytes = affix::read_all(*files.open(*avatar, "thumb"));
  std::cout << "opened:          " << files.url(*avatar, "thumb") << ", " << bytes.size()
            << " bytes\n";
}

void replace_and_roll_back(soci::session& sql, affix::AttachmentManager& files,
                           const fs::path& image) {
  affix::Transaction tx(sql, files);
  tx.replace(user_avatar, 1, affix::Source::from_path(image));
  tx.rollback();  // As any exception before the commit would.
}

void delete_user(soci::session& sql, affix::AttachmentManager& files, long long id) {
  affix::Transaction tx(sql, files);
  tx.remove(user_avatar.load(sql, id));
  sql << "delete from users where id = :id", use(id);
  tx.commit();
}

/// A program does this now and then, and lets old files stay for an hour, as long as a backup may
/// need them. Here they go in sight.
void reap_now(soci::session& sql, affix::AttachmentManager& files) {
  affix::reap(sql, files, {.purge_delay = std::chrono::milliseconds(0)});
}

std::vector<User> all_users(soci::session& sql) {
  const soci::rowset<User> users =
      (sql.prepare << "select id, name, avatar from users order by id");
  return {users.begin(), users.end()};
}

void run(const Arguments& arguments) {
  prepare(arguments.output);
  affix::AttachmentManager files(configuration(arguments.output));
  soci::session sql("sqlite3", "db=\"" + (arguments.output / "users.db").string() + "\"");
  sql << "create table users(id integer primary key, name varchar(100) not null, avatar text)";
  affix::ensure_schema(sql, files);

  Report report(arguments.output / "uploads");
  std::vector<fs::path> images;
  for (const fs::path& image : arguments.images) {
    const auto id = static_cast<long long>(images.size()) + 1;
    try {
      report.step("insert user " + std::to_string(id) + " with " + image.filename().string(),
                  [&] { insert_user(sql, files, id, image); });
      images.push_back(image);
    } catch (const affix::Error& error) {
      std::cout << "refused:         " << image.filename().string() << ": " << error.what() << '\n';
    }
  }
  if (images.empty()) throw std::runtime_error("none of the pictures could be used");
  report.step("read all back", [&] { read_back(sql); });
  report.step("open a variant", [&] { open_variant(sql, files); });

  affix::Transaction tx(sql, files);
  report.step("replace the avatar of user 1 (not committed yet)",
              [&] { tx.replace(user_avatar, 1, affix::Source::from_path(images.back())); });
  report.step("  commit", [&] { tx.commit(); });
  report.step("reap: the old files go", [&] { reap_now(sql, files); });
  report.step("replace again, and roll back: nothing is left",
              [&] { replace_and_roll_back(sql, files, images.front()); });
  const auto guest = static_cast<long long>(images.size()) + 1;
  report.step("insert one more user", [&] { insert_user(sql, files, guest, images.front()); });
  report.step("delete that user", [&] { delete_user(sql, files, guest); });
  report.step("reap: nothing of it is left", [&] { reap_now(sql, files); });

  write_page(arguments.output / "index.html", files, all_users(sql));
  std::cout << '\n';
  report.print_table();
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments = read_arguments(count, values);
  if (arguments.images.empty()) {
    std::cerr << "usage: 01_avatar [--output DIR] IMAGE...\n";
    return 2;
  }
  try {
    run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "01_avatar: " << error.what() << '\n';
    return 1;
  }
}
