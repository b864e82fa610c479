#include "spool.hpp"
#include "storage/spool.hpp"
#include <openssl/evp.h>
  #  include "manager/core.hpp"
