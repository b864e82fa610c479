#pragma once

#include "affix/media/media_library.hpp"
#include "affix/media/soci_media_store.hpp"
#include "setup/users.hpp"

extern affix::Transaction tx;
extern affix::MediaLibrary& library;
extern affix::OwnerCollection gallery;
extern std::vector<std::string> ids;
extern affix::MediaRecord record;
