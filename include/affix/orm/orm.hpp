#pragma once

// Everything for models: data sources, repositories, filters, relations and transactions. To be
// linked with affix::orm.

#include "affix/orm/data_source.hpp"
#include "affix/orm/medium.hpp"
#include "affix/orm/repository.hpp"
#include "affix/orm/run.hpp"
#include "affix/orm/schema.hpp"
