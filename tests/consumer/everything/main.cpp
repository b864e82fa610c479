// A picture with a thumbnail, stored with its row in one transaction: every component of affix.

#include <soci/soci.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "affix/conversion/vips_converter.hpp"
#include "affix/import/carrierwave.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/orm/repository.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/storage/local_disk.hpp"
#include "affix/testing/manual_clock.hpp"

struct User {
  long long id = 0;
  std::string name{};
  std::optional<affix::Attachment> avatar{};
};

template <>
struct affix::Model<User> {
  static constexpr auto mapping =
      affix::table("users", affix::key("id", &User::id), affix::column("name", &User::name),
                   affix::attachment("avatar", &User::avatar, {.variants = {"thumb"}}));
};

namespace {

// The smallest picture there is: one grey pixel.
constexpr std::string_view pixel =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB"
    "d81ytgAAAABJRU5ErkJggg==";

constexpr affix::ColumnField user_avatar{
    .table = "users", .column = "avatar", .key = "id", .variants = {"thumb"}};

affix::AttachmentManagerOptions options() {
  return {.disks = {{"local", affix::make_local_disk({.root = "uploads", .base_url = "/files"})}},
          .converter = affix::make_vips_converter(),
          .presets = {{.name = "thumb", .width = 20, .height = 20}},
          .clock = std::make_shared<affix::testing::ManualClock>()};
}

}  // namespace

int main() {
  affix::AttachmentManager files(options());
  soci::session sql("sqlite3", ":memory:");
  sql << "create table users(id integer primary key, name text, avatar text)";
  affix::ensure_schema(sql, files);

  affix::Transaction transaction(sql, files);
  const std::optional<affix::Attachment> avatar =
      transaction.create(affix::Source::from_data_uri(pixel, "ada.png"), {.variants = {"thumb"}});
  transaction.begin();
  const int id = 1;
  const std::string name = "Ada";
  sql << "insert into users(id, name, avatar) values(:id, :name, :avatar)", soci::use(id),
      soci::use(name), soci::use(avatar);
  transaction.commit();

  const auto stored = user_avatar.load(sql, id);
  if (stored != avatar || !files.open(*stored, "thumb")) return 1;
  std::cout << files.url(*stored, "thumb") << '\n';
  affix::DataSource source("main", sql);
  const auto ada = affix::Repository<User>(source, files).find_by_id(id);
  if (!ada || ada->avatar != avatar) return 1;
  if (!affix::import_carrierwave("old.png", {.place = {.disk = "local"}}).attachment) return 1;
}
