#pragma once
#include <fcntl.h>
#include "affix/value/id.hpp"
#include "affix/conversion/preset.hpp"
#include <openssl/evp.h>
#include "storage/spool.hpp"
