#pragma once

// Stands for a header of somebody else, which must stay as it is.

#include <soci/soci.h>

#include <string>

namespace crm {

struct Customer {
  int number = 0;
  std::string name;
};

}  // namespace crm

template <>
struct soci::type_conversion<crm::Customer> {
  using base_type = soci::values;

  static void from_base(const soci::values& row, soci::indicator, crm::Customer& customer) {
    customer.number = row.get<int>("number");
    customer.name = row.get<std::string>("name");
  }
  static void to_base(const crm::Customer& customer, soci::values& row,
                      soci::indicator& indicator) {
    row.set("number", customer.number);
    row.set("name", customer.name);
    indicator = soci::i_ok;
  }
};
