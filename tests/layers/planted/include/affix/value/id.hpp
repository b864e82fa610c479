#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <fcntl.h>
#include "affix/storage/disk.hpp"
