#include "conversion/worker/confinement.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace affix::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_shadow_memory = true;
#else
constexpr bool has_shadow_memory = false;
#endif

void require(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(what);
}

void limit(__rlimit_resource resource, rlim_t most) {
  const rlimit both{.rlim_cur = most, .rlim_max = most};
  require(::setrlimit(resource, &both) == 0, "a limit could not be set");
}

/// Bytes of address space.
rlim_t used_now() {
  std::ifstream file("/proc/self/statm");
  rlim_t pages = 0;
  require(static_cast<bool>(file >> pages), "the memory in use is not known");
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

void limit_resources(const ConfinementOptions& options) {
  const auto seconds = static_cast<rlim_t>(std::ceil(options.max_seconds));
  const rlim_t cores = std::max(1U, std::thread::hardware_concurrency());
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, seconds * cores + 1);
  ::alarm(static_cast<unsigned>(seconds) + 1);
  // Addresses, not bytes: sanitizers and the stacks of threads take many that they never use.
  if (!has_shadow_memory) limit(RLIMIT_AS, used_now() + static_cast<rlim_t>(options.max_memory));
}

/// The rules of what system calls are answered with an error. All others are done: the libraries
/// below are many, and what they need is not known.
class Rules {
 public:
  Rules() : filter_(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release) {
    require(filter_ != nullptr, "there is no seccomp");
  }

  template <class... Conditions>
  void refuse(int call, Conditions... conditions) {
    add(EPERM, call, conditions...);
  }
  template <class... Conditions>
  void deny_existence(int call, Conditions... conditions) {
    add(ENOSYS, call, conditions...);
  }
  void load() { require(::seccomp_load(filter_.get()) == 0, "the rules could not be loaded"); }

 private:
  template <class... Conditions>
  void add(std::uint16_t error, int call, Conditions... conditions) {
    const int added = ::seccomp_rule_add(filter_.get(), SCMP_ACT_ERRNO(error), call,
                                         sizeof...(conditions), conditions...);
    require(added == 0, "a rule could not be added");
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter_;
};

void refuse_processes(Rules& rules) {
  for (const int call :
       {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kill), SCMP_SYS(tkill),
        SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open),
        SCMP_SYS(pidfd_send_signal), SCMP_SYS(pidfd_getfd)}) {
    rules.refuse(call);
  }
  // abort() sends a signal to its own process.
  rules.refuse(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(::getpid())));
  rules.refuse(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  // Its flags cannot be looked at; without it, the C library takes the other one.
  rules.deny_existence(SCMP_SYS(clone3));
}

void refuse_network(Rules& rules) {
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
                         SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)}) {
    rules.refuse(call);
  }
}

/// What root could do to the machine or to the limits of this process, and nobody else.
void refuse_administration(Rules& rules) {
  for (const int call : {SCMP_SYS(bpf),
                         SCMP_SYS(unshare),
                         SCMP_SYS(setns),
                         SCMP_SYS(io_uring_setup),
                         SCMP_SYS(perf_event_open),
                         SCMP_SYS(userfaultfd),
                         SCMP_SYS(mount),
                         SCMP_SYS(umount2),
                         SCMP_SYS(pivot_root),
                         SCMP_SYS(chroot),
                         SCMP_SYS(reboot),
                         SCMP_SYS(swapon),
                         SCMP_SYS(swapoff),
                         SCMP_SYS(init_module),
                         SCMP_SYS(finit_module),
                         SCMP_SYS(delete_module),
                         SCMP_SYS(kexec_load),
                         SCMP_SYS(settimeofday),
                         SCMP_SYS(clock_settime),
                         SCMP_SYS(adjtimex),
                         SCMP_SYS(clock_adjtime),
                         SCMP_SYS(sethostname),
                         SCMP_SYS(keyctl),
                         SCMP_SYS(add_key),
                         SCMP_SYS(request_key),
                         SCMP_SYS(setrlimit)}) {
    rules.refuse(call);
  }
  rules.refuse(SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_NE, 0));
}

void refuse_changing_files(Rules& rules) {
  for (const int call : {SCMP_SYS(creat),        SCMP_SYS(unlink),
                         SCMP_SYS(unlinkat),     SCMP_SYS(rename),
                         SCMP_SYS(renameat),     SCMP_SYS(renameat2),
                         SCMP_SYS(mkdir),        SCMP_SYS(mkdirat),
                         SCMP_SYS(rmdir),        SCMP_SYS(link),
                         SCMP_SYS(linkat),       SCMP_SYS(symlink),
                         SCMP_SYS(symlinkat),    SCMP_SYS(mknod),
                         SCMP_SYS(mknodat),      SCMP_SYS(truncate),
                         SCMP_SYS(chmod),        SCMP_SYS(fchmod),
                         SCMP_SYS(fchmodat),     SCMP_SYS(chown),
                         SCMP_SYS(lchown),       SCMP_SYS(fchown),
                         SCMP_SYS(fchownat),     SCMP_SYS(utime),
                         SCMP_SYS(utimes),       SCMP_SYS(futimesat),
                         SCMP_SYS(utimensat),    SCMP_SYS(setxattr),
                         SCMP_SYS(lsetxattr),    SCMP_SYS(fsetxattr),
                         SCMP_SYS(removexattr),  SCMP_SYS(lremovexattr),
                         SCMP_SYS(fremovexattr), SCMP_SYS(open_by_handle_at)}) {
    rules.refuse(call);
  }
  for (const unsigned mode : {O_WRONLY, O_RDWR}) {
    rules.refuse(SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, mode));
    rules.refuse(SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, mode));
  }
  for (const unsigned flag : {O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE & ~O_DIRECTORY}) {
    rules.refuse(SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, flag, flag));
    rules.refuse(SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, flag, flag));
  }
  for (const int call : {SCMP_SYS(shmget), SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open)}) {
    rules.refuse(call);
  }
  // Its flags cannot be looked at, and the C library does not need it.
  rules.deny_existence(SCMP_SYS(openat2));
}

void refuse_opening_files(Rules& rules) {
  rules.refuse(SCMP_SYS(open));
  rules.refuse(SCMP_SYS(openat));
}

}  // namespace

void confine(const ConfinementOptions& options) {
  require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "new privileges could not be given up");
  require(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "the process can be looked into");
  limit_resources(options);
  Rules rules;
  refuse_processes(rules);
  refuse_network(rules);
  refuse_administration(rules);
  refuse_changing_files(rules);
  if (!options.may_read_files) refuse_opening_files(rules);
  rules.load();
}

}  // namespace affix::detail
