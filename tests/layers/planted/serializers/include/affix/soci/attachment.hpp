#pragma once
#include <soci/soci.h>
#include "affix/value/id.hpp"
#include "affix/storage/disk.hpp"
#include <soci/sqlite3/soci-sqlite3.h>
