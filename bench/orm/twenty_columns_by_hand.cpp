#include <soci/soci.h>

#include <string>
#include <vector>

// The same by hand.

struct Customer {
  long long id = 0;
  std::string name{};
  std::string email{};
  long long age = 0;
  std::string city{};
  std::string street{};
  std::string country{};
  std::string phone{};
  double score = 0;
  double balance = 0;
  long long visits = 0;
  long long orders = 0;
  std::string language{};
  std::string currency{};
  std::string company{};
  std::string title{};
  double rating = 0;
  long long level = 0;
  std::string origin{};
  std::string note{};
};

std::vector<Customer> find_customers(soci::session& sql) {
  Customer row;
  std::vector<Customer> rows;
  soci::statement select =
      (sql.prepare << "select id, name, email, age, city, street, country, phone, score, balance, "
                      "visits, orders, language, currency, company, title, rating, level, origin, "
                      "note from customers where age >= 18",
       soci::into(row.id), soci::into(row.name), soci::into(row.email), soci::into(row.age),
       soci::into(row.city), soci::into(row.street), soci::into(row.country), soci::into(row.phone),
       soci::into(row.score), soci::into(row.balance), soci::into(row.visits),
       soci::into(row.orders), soci::into(row.language), soci::into(row.currency),
       soci::into(row.company), soci::into(row.title), soci::into(row.rating),
       soci::into(row.level), soci::into(row.origin), soci::into(row.note));
  select.execute();
  while (select.fetch()) rows.push_back(row);
  return rows;
}

Customer create_customer(soci::session& sql, Customer row) {
  sql << "insert into customers(id, name, email, age, city, street, country, phone, score, "
         "balance, visits, orders, language, currency, company, title, rating, level, origin, "
         "note) values (:p0, :p1, :p2, :p3, :p4, :p5, :p6, :p7, :p8, :p9, :p10, :p11, :p12, :p13, "
         ":p14, :p15, :p16, :p17, :p18, :p19)",
      soci::use(row.id), soci::use(row.name), soci::use(row.email), soci::use(row.age),
      soci::use(row.city), soci::use(row.street), soci::use(row.country), soci::use(row.phone),
      soci::use(row.score), soci::use(row.balance), soci::use(row.visits), soci::use(row.orders),
      soci::use(row.language), soci::use(row.currency), soci::use(row.company),
      soci::use(row.title), soci::use(row.rating), soci::use(row.level), soci::use(row.origin),
      soci::use(row.note);
  return row;
}
