#pragma once
#include "affix/media/store.hpp"
#include "affix/testing/faulty_disk.hpp"
#include <soci/session.h>
