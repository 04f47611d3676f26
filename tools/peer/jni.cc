// refund.peer.Core of Java: peer::Fold behind a handle. Whatever fails is an IllegalStateException
// with the status' text; nothing is thrown on this side.
#include <jni.h>

#include <ctime>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/status.h"
#include "tools/peer/fold.h"

namespace {

using refund::ByteView;

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// A task of Streams: one thread at a time.
struct Task {
  // Asking a thread's time is a system call: one record in so many is asked for all.
  static constexpr int64_t kSampled = 64;

  refund::peer::Fold fold;
  std::string bytes;  // what Java handed over last
  int64_t records = 0;
  double sampled_seconds = 0;
};

// Adds the CPU of one call, copies between Java and here included, if its record is sampled.
class Sample {
 public:
  explicit Sample(Task& task)
      : task_(task), is_on_(task.records % Task::kSampled == 0), start_(is_on_ ? Now() : 0) {}
  ~Sample() {
    if (is_on_) task_.sampled_seconds += Now() - start_;
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

 private:
  static double Now() { return ThreadCpuSeconds(); }
  Task& task_;
  const bool is_on_;
  const double start_;
};

Task& At(jlong handle) { return *reinterpret_cast<Task*>(handle); }

void Throw(JNIEnv* env, const absl::Status& status) {
  const jclass kind = env->FindClass("java/lang/IllegalStateException");
  if (kind != nullptr) env->ThrowNew(kind, refund::Message(status).c_str());
}

ByteView CopyIn(JNIEnv* env, jbyteArray from, std::string& to) {
  const jsize size = from == nullptr ? 0 : env->GetArrayLength(from);
  to.resize(static_cast<size_t>(size));
  if (size > 0) env->GetByteArrayRegion(from, 0, size, reinterpret_cast<jbyte*>(to.data()));
  return to;
}

// Null, with an exception waiting, if Java has no memory.
jbyteArray CopyOut(JNIEnv* env, const std::string& from) {
  const auto size = static_cast<jsize>(from.size());
  const jbyteArray to = env->NewByteArray(size);
  if (to != nullptr) {
    env->SetByteArrayRegion(to, 0, size, reinterpret_cast<const jbyte*>(from.data()));
  }
  return to;
}

// The state, then the steps.
jobjectArray CopyOut(JNIEnv* env, const refund::peer::Stepped& from) {
  const jclass bytes = env->FindClass("[B");
  const auto size = static_cast<jsize>(from.steps.size() + 1);
  const jobjectArray to = bytes == nullptr ? nullptr : env->NewObjectArray(size, bytes, nullptr);
  for (jsize i = 0; to != nullptr && i < size; ++i) {
    const jbyteArray each =
        CopyOut(env, i == 0 ? from.state : from.steps[static_cast<size_t>(i - 1)]);
    if (each == nullptr) return nullptr;
    env->SetObjectArrayElement(to, i, each);
    env->DeleteLocalRef(each);
  }
  return to;
}

}  // namespace

extern "C" {

JNIEXPORT jlong JNICALL Java_refund_peer_Core_open(JNIEnv*, jclass) {
  return reinterpret_cast<jlong>(new Task);
}

JNIEXPORT void JNICALL Java_refund_peer_Core_close(JNIEnv*, jclass, jlong handle) {
  delete &At(handle);
}

JNIEXPORT jbyteArray JNICALL Java_refund_peer_Core_take(JNIEnv* env, jclass, jlong handle,
                                                        jbyteArray record) {
  Task& task = At(handle);
  ++task.records;
  const Sample sample(task);
  const absl::StatusOr<std::string> key = task.fold.Take(CopyIn(env, record, task.bytes));
  if (!key.ok()) {
    Throw(env, key.status());
    return nullptr;
  }
  return key->empty() ? nullptr : CopyOut(env, *key);
}

JNIEXPORT jobjectArray JNICALL Java_refund_peer_Core_step(JNIEnv* env, jclass, jlong handle,
                                                          jbyteArray state) {
  Task& task = At(handle);
  const Sample sample(task);
  const absl::StatusOr<refund::peer::Stepped> stepped =
      task.fold.Step(CopyIn(env, state, task.bytes));
  if (!stepped.ok()) {
    Throw(env, stepped.status());
    return nullptr;
  }
  return stepped->steps.empty() ? nullptr : CopyOut(env, *stepped);
}

JNIEXPORT jdouble JNICALL Java_refund_peer_Core_cpuSeconds(JNIEnv*, jclass, jlong handle) {
  return At(handle).sampled_seconds * Task::kSampled;
}

}  // extern "C"
