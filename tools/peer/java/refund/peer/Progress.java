package refund.peer;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** How far the tasks are, for whoever waits for the end. */
final class Progress {
  private final AtomicLongArray next;
  private final DoubleAdder nativeSeconds = new DoubleAdder();
  private volatile boolean begun;

  Progress(int partitions) {
    next = new AtomicLongArray(partitions);
  }

  /** Says so on stdout at the first record of all: there the measuring begins. */
  void begin() {
    if (begun) {
      return;
    }
    synchronized (this) {
      if (!begun) {
        System.out.println("begun");
        begun = true;
      }
    }
  }

  void taken(ProcessorContext<byte[], byte[]> context) {
    RecordMetadata at = context.recordMetadata().orElseThrow();
    next.lazySet(at.partition(), at.offset() + 1);
  }

  boolean reached(Map<Integer, Long> ends) {
    return ends.entrySet().stream().allMatch(end -> next.get(end.getKey()) >= end.getValue());
  }

  void addNative(double seconds) {
    nativeSeconds.add(seconds);
  }

  double nativeSeconds() {
    return nativeSeconds.sum();
  }
}
