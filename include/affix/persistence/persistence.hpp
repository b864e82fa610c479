#pragma once

// Everything for rows that have files: the binding of columns, fields, transactions, the reaper.
// To be linked with affix::soci.

#include "affix/persistence/column_field.hpp"
#include "affix/persistence/ledger.hpp"
#include "affix/persistence/reaper.hpp"
#include "affix/persistence/transaction.hpp"
#include "affix/persistence/triggers.hpp"
#include "affix/persistence/verify.hpp"
#include "affix/soci/attachment.hpp"
