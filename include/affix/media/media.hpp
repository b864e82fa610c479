#pragma once

// Everything for files in a media table: the library, its stores, fields, and the way to a column
// and back. To be linked with affix::soci.

#include "affix/media/collection_json.hpp"
#include "affix/media/media_attachments.hpp"
#include "affix/media/media_field.hpp"
#include "affix/media/media_library.hpp"
#include "affix/media/media_schema.hpp"
#include "affix/media/memory_media_store.hpp"
#include "affix/media/move.hpp"
#include "affix/media/soci_media_store.hpp"
