#pragma once

#include <optional>

#include "manager/manager_core.hpp"

namespace affix::detail {

/// What a marker says.
struct Marker {
  StoredFiles files;
  TimePoint started{};
};

/// Reads the marker of `files.id` on `files.disk`; nothing if it is gone. Believes only a prefix
/// that is the id's own: `Errc::invalid_document` otherwise.
std::optional<Marker> read_marker(const ManagerCore& core, const StoredFiles& files);

}  // namespace affix::detail
