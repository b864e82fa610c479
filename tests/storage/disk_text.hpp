#pragma once

#include <string>
#include <string_view>

#include "affix/storage/disk.hpp"

namespace affix::tests {

inline PutResult put(Disk& disk, std::string_view key, std::string_view text,
                     Overwrite overwrite = Overwrite::never) {
  return disk.put(Key::parse(key), *make_view_reader(as_bytes(text)), {.overwrite = overwrite});
}

inline std::string get(Disk& disk, std::string_view key) {
  return read_all(*disk.open(Key::parse(key)));
}

inline bool exists(Disk& disk, std::string_view key) { return disk.exists(Key::parse(key)); }

}  // namespace affix::tests
