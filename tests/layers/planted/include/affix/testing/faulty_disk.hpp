#pragma once
#include "affix/storage/disk.hpp"
#include "affix/manager/events.hpp"
