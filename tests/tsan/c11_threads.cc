// Routes C11 threads through pthreads. glibc gives librdkafka C11 threads since 2.34, and
// ThreadSanitizer does not intercept those: without this every test over librdkafka crashes at its
// start (librdkafka issue 4929). Linked into every executable of the preset "tsan", and nowhere
// else.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
namespace {
struct Start {
  int (*fn)(void*);
  void* arg;
};
void* Tramp(void* p) {
  Start s = *static_cast<Start*>(p);
  std::free(p);
  return reinterpret_cast<void*>(static_cast<intptr_t>(s.fn(s.arg)));
}
}  // namespace
extern "C" {
int thrd_create(thrd_t* t, int (*fn)(void*), void* arg) {
  auto* s = static_cast<Start*>(std::malloc(sizeof(Start)));
  *s = {fn, arg};
  return pthread_create(t, nullptr, Tramp, s) == 0 ? thrd_success : thrd_error;
}
int thrd_join(thrd_t t, int* r) {
  void* v;
  if (pthread_join(t, &v) != 0) return thrd_error;
  if (r) *r = static_cast<int>(reinterpret_cast<intptr_t>(v));
  return thrd_success;
}
int thrd_detach(thrd_t t) { return pthread_detach(t) == 0 ? thrd_success : thrd_error; }
int mtx_init(mtx_t* m, int type) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  if (type & mtx_recursive) pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
  int r = pthread_mutex_init(reinterpret_cast<pthread_mutex_t*>(m), &a);
  pthread_mutexattr_destroy(&a);
  return r == 0 ? thrd_success : thrd_error;
}
void mtx_destroy(mtx_t* m) { pthread_mutex_destroy(reinterpret_cast<pthread_mutex_t*>(m)); }
int mtx_lock(mtx_t* m) {
  return pthread_mutex_lock(reinterpret_cast<pthread_mutex_t*>(m)) == 0 ? thrd_success : thrd_error;
}
int mtx_trylock(mtx_t* m) {
  int r = pthread_mutex_trylock(reinterpret_cast<pthread_mutex_t*>(m));
  return r == 0 ? thrd_success : r == EBUSY ? thrd_busy : thrd_error;
}
int mtx_unlock(mtx_t* m) {
  return pthread_mutex_unlock(reinterpret_cast<pthread_mutex_t*>(m)) == 0 ? thrd_success
                                                                          : thrd_error;
}
int cnd_init(cnd_t* c) {
  return pthread_cond_init(reinterpret_cast<pthread_cond_t*>(c), nullptr) == 0 ? thrd_success
                                                                               : thrd_error;
}
void cnd_destroy(cnd_t* c) { pthread_cond_destroy(reinterpret_cast<pthread_cond_t*>(c)); }
int cnd_signal(cnd_t* c) {
  return pthread_cond_signal(reinterpret_cast<pthread_cond_t*>(c)) == 0 ? thrd_success : thrd_error;
}
int cnd_broadcast(cnd_t* c) {
  return pthread_cond_broadcast(reinterpret_cast<pthread_cond_t*>(c)) == 0 ? thrd_success
                                                                           : thrd_error;
}
int cnd_wait(cnd_t* c, mtx_t* m) {
  return pthread_cond_wait(reinterpret_cast<pthread_cond_t*>(c),
                           reinterpret_cast<pthread_mutex_t*>(m)) == 0
             ? thrd_success
             : thrd_error;
}
int cnd_timedwait(cnd_t* c, mtx_t* m, const timespec* ts) {
  int r = pthread_cond_timedwait(reinterpret_cast<pthread_cond_t*>(c),
                                 reinterpret_cast<pthread_mutex_t*>(m), ts);
  return r == 0 ? thrd_success : r == ETIMEDOUT ? thrd_timedout : thrd_error;
}
}
