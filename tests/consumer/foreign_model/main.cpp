// Gives a file to a model that belongs to somebody else: a struct of our own has the foreign one as
// its base and the attachment beside it. Neither the foreign header nor affix knows of the other.

#include <soci/soci.h>

#include <iostream>
#include <optional>

#include "affix/persistence/ledger.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/soci/attachment.hpp"
#include "affix/storage/memory_disk.hpp"
#include "crm/customer.hpp"

struct CustomerWithContract : crm::Customer {
  std::optional<affix::Attachment> contract;
};

template <>
struct soci::type_conversion<CustomerWithContract> {
  using base_type = soci::values;
  using Foreign = soci::type_conversion<crm::Customer>;

  static void from_base(const soci::values& row, soci::indicator indicator,
                        CustomerWithContract& customer) {
    Foreign::from_base(row, indicator, customer);
    customer.contract = row.get<std::optional<affix::Attachment>>("contract");
  }
  static void to_base(const CustomerWithContract& customer, soci::values& row,
                      soci::indicator& indicator) {
    Foreign::to_base(customer, row, indicator);
    row.set("contract", customer.contract);
  }
};

int main() {
  affix::AttachmentManager files(
      {.disks = {{"memory", affix::make_memory_disk({.base_url = "/f"})}}});
  soci::session sql("sqlite3", ":memory:");
  sql << "create table customers(number integer primary key, name text, contract text)";
  affix::ensure_schema(sql, files);

  affix::Transaction transaction(sql, files);
  CustomerWithContract customer;
  customer.number = 7;
  customer.name = "Ada";
  customer.contract = transaction.create(affix::Source::from_memory("We agree.", "contract.txt"));
  const CustomerWithContract& bound = customer;
  transaction.begin();
  sql << "insert into customers(number, name, contract) values(:number, :name, :contract)",
      soci::use(bound);
  transaction.commit();

  CustomerWithContract stored;
  sql << "select number, name, contract from customers", soci::into(stored);
  if (stored.name != "Ada" || stored.contract != customer.contract) return 1;
  std::cout << stored.name << ": " << files.url(*stored.contract) << '\n';
}
