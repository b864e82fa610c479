#include "affix/orm/repository.hpp"

// A model of 20 columns, as a program has it; for its compile time and the size of its object.

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

template <>
struct affix::Model<Customer> {
  static constexpr auto mapping = affix::table(
      "customers", affix::key("id", &Customer::id), affix::column("name", &Customer::name),
      affix::column("email", &Customer::email), affix::column("age", &Customer::age),
      affix::column("city", &Customer::city), affix::column("street", &Customer::street),
      affix::column("country", &Customer::country), affix::column("phone", &Customer::phone),
      affix::column("score", &Customer::score), affix::column("balance", &Customer::balance),
      affix::column("visits", &Customer::visits), affix::column("orders", &Customer::orders),
      affix::column("language", &Customer::language),
      affix::column("currency", &Customer::currency), affix::column("company", &Customer::company),
      affix::column("title", &Customer::title), affix::column("rating", &Customer::rating),
      affix::column("level", &Customer::level), affix::column("origin", &Customer::origin),
      affix::column("note", &Customer::note));
};

std::vector<Customer> find_customers(affix::DataSource& source) {
  const affix::Repository<Customer> customers(source);
  return customers.find(affix::where(&Customer::age) >= 18);
}

Customer create_customer(affix::DataSource& source, Customer customer) {
  const affix::Repository<Customer> customers(source);
  return customers.create(std::move(customer));
}
