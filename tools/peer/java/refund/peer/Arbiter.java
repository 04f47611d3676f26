package refund.peer;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A record: its order's state is read, our core makes steps and a new state of it, both are put out. */
final class Arbiter implements Processor<byte[], byte[], byte[], byte[]> {
  private final Progress progress;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<Bytes, byte[]> store;
  private long core;

  Arbiter(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    store = context.getStateStore(Main.STORE);
    core = Core.open();
    takeBroadcasts();
  }

  /** What the task heard before it moved here: packs, and the newest Tick. No key of an order begins so. */
  private void takeBroadcasts() {
    try (KeyValueIterator<Bytes, byte[]> kept = store.range(bytes("!"), bytes("\""))) {
      while (kept.hasNext()) {
        KeyValue<Bytes, byte[]> each = kept.next();
        Core.take(core, each.value);
      }
    }
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    progress.begin();
    byte[] key = Core.take(core, record.value());
    if (key != null) {
      if (key[0] == '!') {
        store.put(Bytes.wrap(key), record.value());
      } else {
        step(Bytes.wrap(key), record);
      }
    }
    progress.taken(context);
  }

  private void step(Bytes key, Record<byte[], byte[]> record) {
    byte[][] made = Core.step(core, store.get(key));
    if (made == null) {
      return;
    }
    store.put(key, made[0]);
    for (int i = 1; i < made.length; ++i) {
      // By the order's key: so they lie in the partition of their cause, as ours do.
      context.forward(record.withKey(key.get()).withValue(made[i]));
    }
  }

  @Override
  public void close() {
    progress.addNative(Core.cpuSeconds(core));
    Core.close(core);
  }
}
