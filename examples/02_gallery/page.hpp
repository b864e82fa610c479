#pragma once

#include <affix/media/media_library.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// What the page shows together.
struct Section {
  std::string title;
  std::vector<affix::Attachment> pictures;
};

/// A page with the thumbnails of all sections, each a link to its picture.
void write_page(const std::filesystem::path& file, const affix::AttachmentManager& files,
                const std::vector<Section>& sections);
