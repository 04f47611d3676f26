// Preloaded, it ends a process at one of the steps by which it changes files: every call that
// makes, writes, syncs, cuts, renames or removes a file below the directory that REFUND_CRASH_UNDER
// names. REFUND_CRASH_AT says at which: "3 write /log/events/N/N.seg", the third of this kind
// (numbers are N: threads and processes count differently each time). It is not done any more, as
// if by kill -9; of a write the first half is. Each step's kind goes to the file
// REFUND_CRASH_STEPS, so that a test can go through them. RocksDB's own log of messages doesn't
// count.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

namespace {

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string Setting(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string PathOf(int fd) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  return size < 0 ? std::string() : std::string(path, static_cast<size_t>(size));
}

// The name below the directory that counts; empty if it doesn't lie there.
std::string NameOf(const std::string& path) {
  static const std::string under = Setting("REFUND_CRASH_UNDER");
  if (under.empty() || !path.starts_with(under) || path.ends_with("/LOG")) return "";
  return path.substr(under.size());
}

void Tell(const std::string& step) {
  static const std::string told = Setting("REFUND_CRASH_STEPS");
  const int fd = Real<int(const char*, int, ...)>("open")(
      told.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return;
  const std::string line = step + "\n";
  if (Real<ssize_t(int, const void*, size_t)>("write")(fd, line.data(), line.size()) < 0) return;
  ::close(fd);
}

std::string WithoutNumbers(const std::string& name) {
  std::string kind;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) kind += c;
    if (digit && !kind.ends_with('N')) kind += 'N';
  }
  return kind;
}

// True if the process is to end here.
bool IsTheStep(const char* what, const std::string& path) {
  static const std::string at = Setting("REFUND_CRASH_AT");
  static std::mutex mutex;
  static std::map<std::string, long> counts;
  const std::string name = NameOf(path);
  if (name.empty()) return false;
  const std::string kind = std::string(what) + " " + WithoutNumbers(name);
  const std::lock_guard lock(mutex);
  Tell(kind);
  return std::to_string(++counts[kind]) + " " + kind == at;
}

[[noreturn]] void Crash() { ::_exit(137); }

void Step(const char* what, const std::string& path) {
  if (IsTheStep(what, path)) Crash();
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = Real<ssize_t(int, const void*, size_t)>("write");
  if (!IsTheStep("write", PathOf(fd))) return real(fd, bytes, size);
  if (real(fd, bytes, size / 2) < 0) std::perror("crash_at");
  Crash();
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto real = Real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (!IsTheStep("write", PathOf(fd))) return real(fd, bytes, size, at);
  if (real(fd, bytes, size / 2, at) < 0) std::perror("crash_at");
  Crash();
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t at) {
  return pwrite(fd, bytes, size, at);
}

int open(const char* path, int flags, ...) {
  static const auto real = Real<int(const char*, int, ...)>("open");
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : mode_t{0};
  va_end(rest);
  if ((flags & O_CREAT) != 0) Step("make", path);
  return real(path, flags, mode);
}

int fsync(int fd) {
  static const auto real = Real<int(int)>("fsync");
  Step("sync", PathOf(fd));
  return real(fd);
}

int fdatasync(int fd) {
  static const auto real = Real<int(int)>("fdatasync");
  Step("sync", PathOf(fd));
  return real(fd);
}

int ftruncate(int fd, off_t size) noexcept {
  static const auto real = Real<int(int, off_t)>("ftruncate");
  Step("cut", PathOf(fd));
  return real(fd, size);
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = Real<int(const char*, const char*)>("rename");
  Step("rename to", to);
  return real(from, to);
}

int renameat2(int from_at, const char* from, int to_at, const char* to,
              unsigned int flags) noexcept {
  static const auto real = Real<int(int, const char*, int, const char*, unsigned int)>("renameat2");
  Step("exchange with", to);
  return real(from_at, from, to_at, to, flags);
}

int symlink(const char* what, const char* path) noexcept {
  static const auto real = Real<int(const char*, const char*)>("symlink");
  Step("link", path);
  return real(what, path);
}

int link(const char* what, const char* path) noexcept {
  static const auto real = Real<int(const char*, const char*)>("link");
  Step("link", path);
  return real(what, path);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = Real<int(const char*, mode_t)>("mkdir");
  Step("make", path);
  return real(path, mode);
}

int unlink(const char* path) noexcept {
  static const auto real = Real<int(const char*)>("unlink");
  Step("remove", path);
  return real(path);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static const auto real = Real<int(int, const char*, int)>("unlinkat");
  Step("remove", folder == AT_FDCWD ? std::string(path) : PathOf(folder) + "/" + path);
  return real(folder, path, flags);
}

int rmdir(const char* path) noexcept {
  static const auto real = Real<int(const char*)>("rmdir");
  Step("remove", path);
  return real(path);
}

}  // extern "C"
