#pragma once

#include "setup/users.hpp"

extern affix::Transaction tx;
extern affix::Attachment imported;
