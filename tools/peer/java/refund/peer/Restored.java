package refund.peer;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** What has come back from the changelog. Says so on stdout when it begins: there the measuring begins. */
final class Restored implements StateRestoreListener {
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicInteger stores = new AtomicInteger();
  private final AtomicLong records = new AtomicLong();

  /** Those that are whole again: one a partition. */
  int stores() {
    return stores.get();
  }

  long records() {
    return records.get();
  }

  @Override
  public void onRestoreStart(TopicPartition at, String store, long from, long to) {
    if (begun.compareAndSet(false, true)) {
      System.out.println("begun");
    }
  }

  @Override
  public void onBatchRestored(TopicPartition at, String store, long to, long restored) {}

  @Override
  public void onRestoreEnd(TopicPartition at, String store, long restored) {
    records.addAndGet(restored);
    stores.incrementAndGet();
  }
}
