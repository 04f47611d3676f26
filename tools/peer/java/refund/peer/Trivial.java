package refund.peer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Next to no core: a counter of 8 bytes, eight records to a key, and nothing put out. */
final class Trivial implements Processor<byte[], byte[], byte[], byte[]> {
  private final Progress progress;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<Bytes, byte[]> store;

  Trivial(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    store = context.getStateStore(Main.STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    progress.begin();
    long offset = context.recordMetadata().orElseThrow().offset();
    Bytes key = Bytes.wrap(longBytes(offset / 8));
    byte[] before = store.get(key);
    store.put(key, longBytes(before == null ? 1 : ByteBuffer.wrap(before).getLong() + 1));
    progress.taken(context);
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
