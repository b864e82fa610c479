#pragma once

#include <affix/manager/attachment_manager.hpp>
#include <string>

/// Shows how far an upload has come: a bar on a terminal, a line for each stage elsewhere.
class ProgressBar {
 public:
  explicit ProgressBar(std::string name);
  /// Takes the bar off the terminal.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const affix::Progress& progress);

 private:
  void draw(const affix::Progress& progress) const;

  std::string name_;
  bool is_terminal_;
};
