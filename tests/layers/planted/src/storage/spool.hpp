#pragma once
#include "affix/storage/disk.hpp"
#include "affix/testing/faulty_disk.hpp"
