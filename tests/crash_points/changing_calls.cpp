#include "changing_calls.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <new>
#include <stdexcept>

// The functions at the end stand before those of the C library, for the libraries of this program,
// too. Each asks `reach` first and then calls the real one.

namespace {

using affix::tests::AtCall;

/// What a parent and its children share.
struct Shared {
  int count = 0;
  const char* last = "none";
};

Shared* shared = nullptr;
bool armed = false;
int chosen = 0;
AtCall what = AtCall::die;

[[noreturn]] void die() {
  ::raise(SIGKILL);
  ::_exit(1);
}

/// Counts a call; true if the process is to die, half-way if it can.
bool is_last(const char* name) {
  if (!armed) return false;
  ++shared->count;
  shared->last = name;
  if (shared->count != chosen) return false;
  if (what != AtCall::stop) return true;
  ::raise(SIGSTOP);
  return false;
}

void reach(const char* name) {
  if (is_last(name)) die();
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// `half` does the first half.
template <class Half>
void reach_write(const char* name, Half half) {
  if (!is_last(name)) return;
  if (what == AtCall::die_half_way) static_cast<void>(half());
  die();
}

bool makes_file(int flags) {
  return (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

/// The mode that follows the flags of an open.
mode_t mode_of(int flags, std::va_list arguments) {
  return makes_file(flags) ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

namespace affix::tests {

ChangingCalls::ChangingCalls() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap failed");
  shared = new (memory) Shared;
}

ChangingCalls::~ChangingCalls() {
  armed = false;
  ::munmap(shared, sizeof(Shared));
}

void ChangingCalls::arm(int n, AtCall at_call) {
  chosen = n;
  what = at_call;
  armed = true;
}

void ChangingCalls::reset() { *shared = Shared(); }
int ChangingCalls::count() const { return shared->count; }
std::string ChangingCalls::last() const { return shared->last; }

}  // namespace affix::tests

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  const auto call = real<ssize_t(int, const void*, size_t)>("write");
  if (file > STDERR_FILENO) reach_write("write", [&] { return call(file, bytes, count / 2); });
  return call(file, bytes, count);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  const auto call = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  reach_write("pwrite", [&] { return call(file, bytes, count / 2, offset); });
  return call(file, bytes, count, offset);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t count,
                        unsigned flags) {
  using Call = ssize_t(int, off64_t*, int, off64_t*, size_t, unsigned);
  const auto call = real<Call>("copy_file_range");
  reach_write("copy_file_range",
              [&] { return call(from, from_offset, to, to_offset, count / 2, flags); });
  return call(from, from_offset, to, to_offset, count, flags);
}

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (makes_file(flags)) reach("open");
  return real<int(const char*, int, ...)>("open")(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (makes_file(flags)) reach("open");
  return real<int(const char*, int, ...)>("open64")(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (makes_file(flags)) reach("openat");
  return real<int(int, const char*, int, ...)>("openat")(directory, path, flags, mode);
}

long syscall(long number, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, number);
  long values[6];
  for (long& value : values) value = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_openat2) {
    const auto* how = reinterpret_cast<const open_how*>(values[2]);
    if (makes_file(static_cast<int>(how->flags))) reach("openat2");
  }
  return real<long(long, ...)>("syscall")(number, values[0], values[1], values[2], values[3],
                                          values[4], values[5]);
}

int mkdir(const char* path, mode_t mode) noexcept {
  reach("mkdir");
  return real<int(const char*, mode_t)>("mkdir")(path, mode);
}

int mkdirat(int directory, const char* path, mode_t mode) noexcept {
  reach("mkdirat");
  return real<int(int, const char*, mode_t)>("mkdirat")(directory, path, mode);
}

int rmdir(const char* path) noexcept {
  reach("rmdir");
  return real<int(const char*)>("rmdir")(path);
}

int unlink(const char* path) noexcept {
  reach("unlink");
  return real<int(const char*)>("unlink")(path);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
  reach("unlinkat");
  return real<int(int, const char*, int)>("unlinkat")(directory, path, flags);
}

int linkat(int from_directory, const char* from, int directory, const char* path,
           int flags) noexcept {
  reach("linkat");
  using Call = int(int, const char*, int, const char*, int);
  return real<Call>("linkat")(from_directory, from, directory, path, flags);
}

int renameat2(int from_directory, const char* from, int directory, const char* path,
              unsigned flags) noexcept {
  reach("renameat2");
  using Call = int(int, const char*, int, const char*, unsigned);
  return real<Call>("renameat2")(from_directory, from, directory, path, flags);
}

int fchmod(int file, mode_t mode) noexcept {
  reach("fchmod");
  return real<int(int, mode_t)>("fchmod")(file, mode);
}

int ftruncate64(int file, off64_t size) noexcept {
  reach("ftruncate");
  return real<int(int, off64_t)>("ftruncate64")(file, size);
}

int fsync(int) {
  reach("fsync");
  return 0;
}

int fdatasync(int) {
  reach("fdatasync");
  return 0;
}

int usleep(useconds_t) { return 0; }

}  // extern "C"
