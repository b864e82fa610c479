#pragma once

// Everything that needs no database: the value, disks and sources, variants, the manager. Installed
// with, and to be linked with, affix::vips; without libvips, include single headers.
// What belongs to rows is in <affix/persistence/transaction.hpp>, and the binding of columns in
// <affix/soci/attachment.hpp>.

#include "affix/conversion/content_type.hpp"
#include "affix/conversion/converter.hpp"
#include "affix/conversion/ladder.hpp"
#include "affix/conversion/placeholder.hpp"
#include "affix/conversion/preset.hpp"
#include "affix/conversion/vips_converter.hpp"
#include "affix/manager/attachment_manager.hpp"
#include "affix/manager/events.hpp"
#include "affix/manager/queue.hpp"
#include "affix/storage/disk.hpp"
#include "affix/storage/disks.hpp"
#include "affix/storage/file_name.hpp"
#include "affix/storage/local_disk.hpp"
#include "affix/storage/memory_disk.hpp"
#include "affix/storage/source.hpp"
#include "affix/storage/subtree_disk.hpp"
#include "affix/value/attachment.hpp"
#include "affix/value/error.hpp"
#include "affix/value/id.hpp"
#include "affix/value/json.hpp"
#include "affix/value/mime_type.hpp"
