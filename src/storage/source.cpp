#include "affix/storage/source.hpp"

#include <fcntl.h>

#include <cerrno>
#include <istream>

#include "affix/value/error.hpp"
#include "affix/value/mime_type.hpp"
#include "storage/base64.hpp"
#include "storage/data_uri.hpp"
#include "storage/file_io.hpp"
#include "storage/system_error.hpp"

namespace affix {
namespace {

using OpenFunction = std::function<std::unique_ptr<Reader>()>;

class StreamReader final : public Reader {
 public:
  explicit StreamReader(std::istream& stream) : stream_(stream) {}

  std::size_t read(std::span<std::byte> buffer) override {
    try {
      if (!stream_.eof()) return read_more(buffer);
    } catch (const std::ios_base::failure&) {
      throw_broken();
    }
    return 0;
  }

 private:
  std::size_t read_more(std::span<std::byte> buffer) {
    stream_.read(reinterpret_cast<char*>(buffer.data()),
                 static_cast<std::streamsize>(buffer.size()));
    if (stream_.bad() || (stream_.fail() && !stream_.eof())) throw_broken();
    return static_cast<std::size_t>(stream_.gcount());
  }

  [[noreturn]] static void throw_broken() {
    throw Error(Errc::storage, "The stream cannot be read");
  }

  std::istream& stream_;
};

std::unique_ptr<Reader> open_file(const std::filesystem::path& path) {
  detail::UniqueFd file(detail::retry_interrupted(
      [&] { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) {
    throw Error(Errc::file_not_found, "There is no such file", {}, path.string());
  }
  if (!file) detail::throw_system_error(errno, "The file cannot be opened");
  const struct stat status = detail::status_of(file.get());
  if (!S_ISREG(status.st_mode)) throw Error(Errc::storage, "This is no regular file");
  return detail::make_file_reader(std::move(file), {0, status.st_size});
}

}  // namespace

struct Source::State {
  OpenFunction open{};
  std::string file_name{};
  std::string claimed_type{};
};

Source::Source(std::unique_ptr<State> state) : state_(std::move(state)) {}
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;
Source::~Source() = default;

Source Source::from_reader(OpenFunction open, std::string file_name) {
  if (!open) throw Error(Errc::invalid_argument, "There is no function that opens the source");
  return Source(std::make_unique<State>(State{std::move(open), std::move(file_name)}));
}

Source Source::from_path(std::filesystem::path path) {
  std::string file_name = path.filename().string();
  return from_reader([path = std::move(path)] { return open_file(path); }, std::move(file_name));
}

Source Source::from_memory(std::string bytes, std::string file_name) {
  return from_reader(
      [bytes = std::move(bytes)]() mutable { return make_memory_reader(std::move(bytes)); },
      std::move(file_name));
}

Source Source::from_view(std::span<const std::byte> bytes, std::string file_name) {
  return from_reader([bytes] { return make_view_reader(bytes); }, std::move(file_name));
}

Source Source::from_stream(std::istream& stream, std::string file_name) {
  return from_reader([&stream] { return std::make_unique<StreamReader>(stream); },
                     std::move(file_name));
}

Source Source::from_base64(std::string_view text, std::string file_name) {
  auto bytes = detail::decode_base64(text);
  if (!bytes) throw Error(Errc::invalid_argument, "This is no base64");
  return from_memory(std::move(*bytes), std::move(file_name));
}

Source Source::from_data_uri(std::string_view uri, std::string file_name) {
  auto parsed = detail::parse_data_uri(uri);
  if (!parsed) throw Error(Errc::invalid_argument, "This is no data URI");
  if (file_name.empty()) file_name = std::move(parsed->file_name);
  if (file_name.empty()) file_name = "file." + std::string(extension_for_type(parsed->type));
  Source source = from_memory(std::move(parsed->bytes), std::move(file_name));
  source.state_->claimed_type = std::move(parsed->type);
  return source;
}

namespace {
const std::string nothing;
}

const std::string& Source::file_name() const noexcept {
  return state_ ? state_->file_name : nothing;
}
const std::string& Source::claimed_type() const noexcept {
  return state_ ? state_->claimed_type : nothing;
}

std::unique_ptr<Reader> Source::open() {
  if (!state_ || !state_->open) {
    throw Error(Errc::invalid_state, "A source can be opened only once");
  }
  std::unique_ptr<Reader> reader = std::exchange(state_->open, nullptr)();
  if (!reader) throw Error(Errc::invalid_state, "The source has given no reader");
  return reader;
}

}  // namespace affix
