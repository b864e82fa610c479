#pragma once

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace affix::tests {

/// What a command of the shell writes to its standard output. Throws if it does not end well, also
/// when there is no such program.
inline std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen failed");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  if (::pclose(pipe) != 0) throw std::runtime_error("this command failed: " + command);
  return output;
}

}  // namespace affix::tests
