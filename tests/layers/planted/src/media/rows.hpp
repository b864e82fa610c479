#pragma once
#include <soci/soci.h>
#include "affix/import/imported.hpp"
