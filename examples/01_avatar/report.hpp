#pragma once

#include <affix/manager/attachment_manager.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "user.hpp"

/// What the demo shows of its own steps: how long each took and what was on the disk after it.
class Report {
 public:
  explicit Report(std::filesystem::path root) : root_(std::move(root)) {}

  /// Runs a step and notes its time and the files that are there afterwards.
  template <class Step>
  void step(std::string_view name, Step run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    note(name, std::chrono::steady_clock::now() - start);
  }

  void print_table() const;

 private:
  struct Line {
    std::string name;
    double milliseconds = 0;
    std::int64_t files = 0;
    std::int64_t bytes = 0;
  };

  void note(std::string_view name, std::chrono::steady_clock::duration time);

  std::filesystem::path root_;
  std::vector<Line> lines_;
};

/// A page with the pictures of all users, originals and variants, beside their sizes.
void write_page(const std::filesystem::path& file, const affix::AttachmentManager& files,
                const std::vector<User>& users);
