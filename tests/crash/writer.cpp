#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/soci/database_error.hpp"
#include "affix/soci/session_state.hpp"
#include "history.hpp"
#include "processes.hpp"
#include "weakness.hpp"
#include "workers.hpp"

namespace affix::tests {
namespace {

/// What a caller has to expect who is not alone, by name; empty for other errors.
std::string race_of(const std::exception& error) {
  if (const auto* own = dynamic_cast<const Error*>(&error)) {
    constexpr std::array expected{Errc::conflict, Errc::gone, Errc::record_not_found,
                                  Errc::file_not_found};
    const bool is_race = std::ranges::find(expected, own->code()) != expected.end();
    return is_race ? std::string(name(own->code())) : "";
  }
  const DatabaseError kind = classify(error);
  const bool is_race = kind == DatabaseError::unique || kind == DatabaseError::conflict ||
                       kind == DatabaseError::lock_timeout;
  return is_race ? std::string(name(kind)) : "";
}

/// Changes rows whose attachments are in such fields.
template <class Avatar, class Gallery>
class Writer {
 public:
  Writer(const Stage& stage, int worker, const Avatar& avatar, const Gallery& gallery)
      : stage_(stage),
        avatar_(avatar),
        gallery_(gallery),
        files_(stage.options(std::chrono::hours(24))),
        history_(stage.history(worker)) {
    stage.connect(sql_);
    weaken(stage, files_, sql_);
  }

  soci::session& sql() { return sql_; }

  void step() {
    const Step chosen = choose();
    Transaction tx(sql_, files_);
    try {
      if ((this->*chosen.run)(tx)) commit(tx, chosen);
    } catch (const std::exception& error) {
      const std::string race = race_of(error);
      race.empty() ? history_.unexpected(chosen.name, error.what()) : history_.raced(race);
    }
  }

 private:
  struct Step {
    const char* name;
    bool (Writer::*run)(Transaction&);
    std::vector<std::string> changed;  ///< Fields.
  };

  Step choose() {
    static const std::array steps{Step{"replace", &Writer::replace, {"avatar"}},
                                  Step{"replace", &Writer::replace, {"avatar"}},
                                  Step{"pending", &Writer::pending, {"avatar"}},
                                  Step{"clear", &Writer::clear, {"avatar"}},
                                  Step{"variants", &Writer::variants, {}},
                                  Step{"append", &Writer::append, {"gallery"}},
                                  Step{"append", &Writer::append, {"gallery"}},
                                  Step{"take-out", &Writer::take_out, {"gallery"}},
                                  Step{"empty", &Writer::empty, {"gallery"}},
                                  Step{"list-variants", &Writer::list_variants, {}},
                                  Step{"insert", &Writer::insert, {"avatar", "gallery"}},
                                  Step{"insert", &Writer::insert, {"avatar", "gallery"}},
                                  Step{"insert", &Writer::insert, {"avatar", "gallery"}},
                                  Step{"delete", &Writer::delete_row, {"avatar", "gallery"}},
                                  Step{"roll-back", &Writer::roll_back, {}},
                                  Step{"abandon", &Writer::abandon, {}},
                                  Step{"share", &Writer::share, {"gallery"}},
                                  Step{"share", &Writer::share, {"gallery"}}};
    // Without the lock a list is damaged without any race; that it takes two is what is to be seen.
    const bool is_narrow = stage_.weakness == "no-lock";
    row_ = is_narrow ? 1 : static_cast<int>(random(1, Stage::row_count));
    return steps[random(0, (is_narrow ? 5 : steps.size()) - 1)];
  }

  std::size_t random(std::size_t from, std::size_t to) {
    return std::uniform_int_distribution<std::size_t>(from, to)(random_);
  }

  Source text() {
    const std::size_t size = random(1, 10) == 1 ? 200'000 : random(1, 2'000);
    std::string bytes = std::to_string(random_()) + " ";
    bytes.resize(bytes.size() + size, 'a');
    return Source::from_memory(std::move(bytes), "note.txt");
  }

  /// The other variants are made later.
  CreateOptions some_variants() { return {.variants = {random(0, 1) == 0 ? "short" : "long"}}; }

  // ---- the steps: whether there is something to commit ------------------------------------------

  bool replace(Transaction& tx) {
    tx.replace(avatar_, row_, text(), some_variants());
    return true;
  }

  bool pending(Transaction& tx) {
    PendingAttachment stored = files_.create(text(), some_variants());
    tx.replace(avatar_, row_, std::move(stored));
    return true;
  }

  bool clear(Transaction& tx) {
    tx.clear(avatar_, row_);
    return tx.is_open();
  }

  bool append(Transaction& tx) {
    if (gallery_.load(sql_, row_).size() > 3) return take_out(tx);
    tx.append(gallery_, row_, text());
    return true;
  }

  bool take_out(Transaction& tx) {
    const AttachmentList list = gallery_.load(sql_, row_);
    if (list.empty()) return false;
    tx.remove(gallery_, row_, list.items[random(0, list.size() - 1)].id);
    return true;
  }

  bool empty(Transaction& tx) {
    tx.clear(gallery_, row_);
    return tx.is_open();
  }

  bool variants(Transaction& tx) {
    if constexpr (in_table) {
      const auto record = avatar_.load(sql_, row_);
      if (!record) return false;
      MediaLibrary shared = library();
      if (random(0, 1) == 0) shared.ensure_variants(tx, record->id, {"short", "long"});
    }
    tx.ensure_variants(avatar_, row_);
    return tx.is_open();
  }

  bool list_variants(Transaction& tx) {
    const AttachmentList list = gallery_.load(sql_, row_);
    if (list.empty()) return false;
    tx.ensure_variants(gallery_, row_, list.items.back().id, {"short", "long"});
    return tx.is_open();
  }

  bool insert(Transaction& tx) {
    if constexpr (in_table) {
      tx.begin();
      sql_ << "insert into " + stage_.rows + "(id) values(:id)", soci::use(row_);
      return replace(tx);
    }
    const Attachment created = tx.create(text(), some_variants());
    sql_ << "insert into " + stage_.rows + "(id, doc) values(:id, :doc)", soci::use(row_),
        soci::use(created);
    return true;
  }

  /// A row that the application locks, reads and deletes itself.
  bool delete_row(Transaction& tx) {
    tx.begin();
    if (!lock_row()) return false;
    if constexpr (in_table) {
      // The row first: who is about to give it something waits for that, and finds none.
      sql_ << "delete from " + stage_.rows + " where id = :id", soci::use(row_);
      const std::vector<RowKey> owners{row_};
      library().remove_owners(tx, stage_.rows, owners);
      return true;
    }
    AttachmentList all = gallery_.load(sql_, row_);
    if (const auto avatar = avatar_.load(sql_, row_)) all.items.push_back(*avatar);
    tx.remove(all);
    sql_ << "delete from " + stage_.rows + " where id = :id", soci::use(row_);
    return true;
  }

  /// Whether the row is there, and stays.
  bool lock_row() {
    int found = 0;
    sql_ << "select id from " + stage_.rows + " where id = :id" +
                dialect_of(sql_).row_lock(RowLock::wait),
        soci::use(row_), soci::into(found);
    return sql_.got_data();
  }

  /// The row's gallery gets what another row has. A library does not know the owners' rows.
  bool share(Transaction& tx) {
    if constexpr (in_table) {
      // Before the transaction, which shall see nothing older than the lock of the collection.
      const auto other = avatar_.load(sql_, static_cast<int>(random(1, Stage::row_count)));
      if (!other || gallery_.load(sql_, row_).size() > 3) return false;
      tx.begin();
      if (!lock_row()) return false;
      const std::vector<std::string> ids{other->id};
      const MediaLibrary shared = library();
      return shared.for_owner(stage_.rows, row_).collection("gallery").attach(tx, ids) > 0;
    }
    return append(tx);
  }

  MediaLibrary library() {
    auto store = make_soci_media_store(sql_, {.tables = stage_.tables});
    return MediaLibrary(
        {.store = weakened_store(stage_.weakness, std::move(store)), .files = files_});
  }

  bool roll_back(Transaction& tx) {
    random(0, 1) == 0 ? replace(tx) : append(tx);
    tx.rollback();
    return false;
  }

  /// An upload that nobody adopts.
  bool abandon(Transaction& /*tx*/) {
    const PendingAttachment dropped = files_.create(text());
    return false;
  }

  // ---- and the end of each
  // -----------------------------------------------------------------------

  void commit(Transaction& tx, const Step& step) {
    sql_ << "update " + stage_.counters + " set generation = generation + 1 where id = :id",
        soci::use(row_);
    long long generation = 0;
    sql_ << "select generation from " + stage_.counters + " where id = :id", soci::use(row_),
        soci::into(generation);
    const Contents now = contents_of_row();
    tx.commit();
    Commit done{.row = row_, .generation = generation, .step = step.name};
    for (const std::string& field : step.changed) done.contents[field] = now.at(field);
    history_.committed(done);
  }

  Contents contents_of_row() {
    try {
      return contents(avatar_.load(sql_, row_), gallery_.load(sql_, row_));
    } catch (const Error& error) {
      if (error.code() != Errc::record_not_found) throw;
      return contents({}, {});
    }
  }

  static constexpr bool in_table = std::same_as<Avatar, MediaField>;

  const Stage& stage_;
  Avatar avatar_;
  Gallery gallery_;
  AttachmentManager files_;
  soci::session sql_;
  HistoryWriter history_;
  std::mt19937_64 random_{std::random_device{}()};
  int row_ = 1;
};

}  // namespace

void write_for_ever(const Stage& stage, int worker) {
  stage.with_fields([&](const auto& avatar, const auto& gallery) {
    Writer writer(stage, worker, avatar, gallery);
    writer.step();  // What a process does once, such as loading libmagic's rules, is done then.
    report_ready(writer.sql());
    for (;;) writer.step();
  });
  std::abort();  // Is never reached.
}

}  // namespace affix::tests
