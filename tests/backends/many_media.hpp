#pragma once

#include <string>
#include <vector>

#include "affix/media/soci_media_store.hpp"
#include "affix/persistence/transaction.hpp"
#include "database.hpp"
#include "media/media_tables.hpp"

namespace affix::tests {

/// How many owners there are, and how many records each of them has, as powers of ten.
struct MediaCrowd {
  int owners = 1;
  int records = 1;
};

/// An SQL expression that joins texts.
inline std::string joined(Engine engine, const std::vector<std::string>& parts) {
  const bool has_function = engine == Engine::mysql || engine == Engine::mariadb;
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += has_function ? ", " : " || ";
    text += part;
  }
  return has_function ? "concat(" + text + ")" : text;
}

/// Numbers of so many decimal digits, each once, in their order: `code`, all digits as a text,
/// `owner`, the first ones, and `place`, the number that the others are.
inline std::string numbers(Engine engine, const MediaCrowd& crowd) {
  std::string ten;
  for (const char digit : std::string("0123456789")) {
    ten += ten.empty() ? "select " : " union all select ";
    ten.append(1, digit).append(" as n, '").append(1, digit).append("' as c");
    if (engine == Engine::firebird) ten += " from rdb$database";
  }
  std::vector<std::string> code;
  std::string place = "0";
  std::string from;
  for (int i = 0; i < crowd.owners + crowd.records; ++i) {
    const std::string digit = "d" + std::to_string(i);
    code.push_back(digit + ".c");
    if (i >= crowd.owners) place = "(" + place + ") * 10 + " + digit + ".n";
    from += (i == 0 ? "(" : " cross join (") + ten + ") " + digit;
  }
  const std::vector<std::string> owner(code.begin(), code.begin() + crowd.owners);
  return "select " + joined(engine, code) + " as code, " + joined(engine, owner) + " as owner, " +
         place + " as place from " + from + " order by 1";
}

/// The INSERT that copies the record of `pattern`, with an id, an owner and a position for each row
/// of `numbers`.
inline std::string copying_insert(const Dialect& dialect, const MediaTables& tables,
                                  const std::string& pattern, const MediaCrowd& crowd) {
  std::string columns;
  std::string values;
  for (const auto member : detail::media_columns) {
    const std::string name = dialect.identifier(tables.columns.*member);
    std::string value = "m.";
    value += name;
    if (member == &MediaColumns::id) {
      value = joined(dialect.engine(), {"'0190b6f0-1c2d-7e3f-8a4b-'", "n.code"});
    }
    if (member == &MediaColumns::owner_id) value = "n.owner";
    if (member == &MediaColumns::position) value = "n.place";
    columns += (columns.empty() ? "" : ", ") + name;
    values += (values.empty() ? "" : ", ") + value;
  }
  return "insert into " + dialect.identifier(tables.media) + " (" + columns + ") select " + values +
         " from (" + numbers(dialect.engine(), crowd) + ") n cross join " +
         dialect.identifier(pattern) + " m";
}

/// Puts a record into a media table many times: for the owners 0, 1, 2 … of its type, their numbers
/// with leading zeros, those of one owner one after the other. The table must exist. The database
/// does it by itself, in one statement.
inline void crowd_media(Database& database, AttachmentManager& files, const MediaTables& tables,
                        const MediaRecord& record, const MediaCrowd& crowd) {
  const MediaTables pattern{.media = database.new_name("pattern"),
                            .links = database.new_name("links"),
                            .positions = database.new_name("places")};
  ensure_media_schema(database.sql, pattern);
  Transaction tx(database.sql, files);
  make_soci_media_store(database.sql, {.tables = pattern})->append(tx, {record});
  tx.commit();
  database.run(copying_insert(database.dialect(), tables, pattern.media, crowd));
  if (database.dialect().engine() == Engine::postgresql) {
    database.sql << "vacuum analyze " + tables.media;
  }
}

}  // namespace affix::tests
