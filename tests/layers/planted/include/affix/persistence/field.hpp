#pragma once
#include <soci/session.h>
#include "affix/soci/attachment.hpp"
#include <boost/uuid/uuid.hpp>
#include "affix/media/store.hpp"
