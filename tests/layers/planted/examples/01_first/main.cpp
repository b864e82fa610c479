#include <soci/soci.h>
#include "affix/affix.hpp"
#include "helper.hpp"
#include "manager/core.hpp"
