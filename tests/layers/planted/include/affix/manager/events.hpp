#pragma once
#include <soci/session.h>
#include "affix/conversion/preset.hpp"
#include "affix/soci/attachment.hpp"
