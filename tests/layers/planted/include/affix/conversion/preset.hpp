#pragma once
#include "affix/storage/disk.hpp"
#include <vips/vips8>
#include "affix/manager/events.hpp"
#include <magic.h>
