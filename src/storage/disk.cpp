#include "affix/storage/disk.hpp"

#include <algorithm>

#include "storage/hashing_reader.hpp"

namespace affix {
namespace {

constexpr std::size_t max_page = 10'000;

/// Runs `operation`; the errors that it throws get the place where they happened.
template <typename Operation>
auto at(const std::string& disk, std::string_view key, const Operation& operation) {
  try {
    return operation();
  } catch (const Error& error) {
    throw error.with({.disk = disk, .key = std::string(key)});
  }
}

void require_capability(bool capability) {
  if (!capability) throw Error(Errc::unsupported, "This disk cannot do that");
}

void check_range(const ByteRange& range) {
  if (range.first < 0 || (range.last && *range.last < range.first)) {
    throw Error(Errc::invalid_argument, "This is no range of bytes");
  }
}

void check_list_options(const ListOptions& options) {
  if (!options.delimiter.empty() && options.delimiter != "/") {
    throw Error(Errc::invalid_argument, "The delimiter can only be a slash",
                {.member = "delimiter"});
  }
  if (options.limit < 1 || options.limit > max_page) {
    throw Error(Errc::invalid_argument, "The limit is out of bounds", {.member = "limit"});
  }
}

/// The key that an error of a copy is about.
const Key& culprit(Errc code, const Key& from, const Key& to) {
  return code == Errc::file_not_found ? from : to;
}

}  // namespace

PutResult Disk::put(const Key& key, Reader& content, const PutOptions& options) {
  return at(name_, key.text(), [&] {
    auto* passing = dynamic_cast<detail::HashingReader*>(&content);
    if (passing && passing->count() == 0) {  // a disk around this one counts and hashes already
      do_put(key, *passing, options);
      return passing->result();
    }
    detail::HashingReader hashing(content);
    do_put(key, hashing, options);
    return hashing.result();
  });
}

std::unique_ptr<Reader> Disk::open(const Key& key, std::optional<ByteRange> range) {
  return at(name_, key.text(), [&] {
    if (range) {
      require_capability(do_capabilities().ranged);
      check_range(*range);
    }
    return do_open(key, range);
  });
}

std::optional<FileInfo> Disk::stat(const Key& key) {
  return at(name_, key.text(), [&] { return do_stat(key); });
}

bool Disk::exists(const Key& key) { return stat(key).has_value(); }

void Disk::remove(const Key& key) {
  at(name_, key.text(), [&] { do_remove(key); });
}

std::vector<RemoveFailure> Disk::remove_many(std::span<const Key> keys) {
  std::vector<RemoveFailure> failures;
  for (const Key& key : keys) {
    try {
      remove(key);
    } catch (const Error& error) {
      failures.push_back({key, error});
    }
  }
  return failures;
}

void Disk::remove_prefix(const Key& prefix) {
  at(name_, prefix.text(), [&] { do_remove_prefix(prefix); });
}

std::size_t Disk::remove_stale_uploads(TimePoint older_than) {
  return at(name_, "", [&] { return do_remove_stale_uploads(older_than); });
}

void Disk::copy(const Key& from, const Key& to, const PutOptions& options) {
  try {
    if (from != to) return do_copy(from, to, options);
    if (!do_stat(from)) throw Error(Errc::file_not_found, "There is no such file");
    if (options.overwrite == Overwrite::never) {
      throw Error(Errc::exists, "There is a file already");
    }
  } catch (const Error& error) {
    throw error.with({.disk = name_, .key = culprit(error.code(), from, to).text()});
  }
}

void Disk::move(const Key& from, const Key& to, const PutOptions& options) {
  copy(from, to, options);
  if (from != to) remove(from);
}

Listing Disk::list(const ListOptions& options) {
  return at(name_, options.prefix, [&] {
    require_capability(do_capabilities().list);
    check_list_options(options);
    return do_list(options);
  });
}

std::string Disk::url(const Key& key) {
  return at(name_, key.text(), [&] {
    require_capability(do_capabilities().public_urls);
    return do_url(key);
  });
}

std::string Disk::temporary_url(const Key& key, const TemporaryUrlOptions& options) {
  return at(name_, key.text(), [&] {
    require_capability(do_capabilities().presign);
    if (options.expires_in <= std::chrono::seconds(0)) {
      throw Error(Errc::invalid_argument, "The time must be positive", {.member = "expires_in"});
    }
    return do_temporary_url(key, options);
  });
}

void Disk::do_copy(const Key& from, const Key& to, const PutOptions& options) {
  put(to, *open(from), options);
}

std::size_t Disk::do_remove_stale_uploads(TimePoint) { return 0; }

Listing Disk::do_list(const ListOptions&) {
  throw Error(Errc::unsupported, "This disk cannot do that");
}

std::string Disk::do_url(const Key&) {
  throw Error(Errc::unsupported, "This disk has no public URLs; give it a base_url");
}

std::string Disk::do_temporary_url(const Key&, const TemporaryUrlOptions&) {
  throw Error(Errc::unsupported, "This disk cannot do that");
}

Extent clamp(const std::optional<ByteRange>& range, std::int64_t size) {
  if (!range) return {0, size};
  if (range->first >= size) {
    throw Error(Errc::range_not_satisfiable, "The range starts behind the end of the file");
  }
  const std::int64_t last = std::min(range->last.value_or(size - 1), size - 1);
  return {range->first, last - range->first + 1};
}

}  // namespace affix
