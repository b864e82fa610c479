#pragma once
#include "storage/spool.hpp"
#include "../media/rows.hpp"
