package refund.peer;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * MODE BROKERS PREFIX NAME STATE_DIR: takes PREFIX.events up to where it ends now, puts out PREFIX.NAME. Mode restore:
 * fills the state of an eos100 that has taken all, and was lost, from its changelog.
 */
public final class Main {
  static final String STORE = "orders";
  private static final Set<String> MODES = Set.of("eos100", "tuned", "trivial", "restore");
  private static final Duration CLOSE = Duration.ofMinutes(5);

  private Main() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 5 || !MODES.contains(args[0])) {
      System.err.println("peer: expected MODE (" + MODES + ") BROKERS PREFIX NAME STATE_DIR");
      System.exit(2);
    }
    String source = args[2] + ".events";
    String sink = args[2] + "." + args[3];
    System.exit(
        args[0].equals("restore")
            ? restore(args[1], source, sink, args[4])
            : run(args[0], args[1], source, sink, args[4]));
  }

  private static int run(String mode, String brokers, String source, String sink, String directory)
      throws Exception {
    try (Ends broker = new Ends(brokers, source)) {
      broker.createSink(sink);
      Map<Integer, Long> ends = broker.ask();
      Progress progress = new Progress(ends.size());
      AtomicReference<Throwable> failed = new AtomicReference<>();
      KafkaStreams streams = streams(mode, brokers, source, sink, directory, progress, failed);
      streams.start();
      while (failed.get() == null && !progress.reached(ends)) {
        Thread.sleep(5);
      }
      boolean closed = streams.close(CLOSE); // commits, and flushes the store
      System.out.println("done");
      if (failed.get() != null) {
        failed.get().printStackTrace();
        return 1;
      }
      if (!closed || !broker.areCommitted(sink, ends)) {
        System.err.println("peer: closed, and not all of " + source + " is committed");
        return 1;
      }
      long records = ends.values().stream().mapToLong(Long::longValue).sum();
      System.out.printf(
          Locale.ROOT, "{\"records\":%d,\"native_cpu_s\":%.3f}%n", records, progress.nativeSeconds());
      return 0;
    }
  }

  private static int restore(String brokers, String source, String sink, String directory) throws Exception {
    try (Ends broker = new Ends(brokers, source)) {
      int partitions = broker.partitions();
      AtomicReference<Throwable> failed = new AtomicReference<>();
      Restored restored = new Restored();
      KafkaStreams streams =
          streams("eos100", brokers, source, sink, directory, new Progress(partitions), failed);
      streams.setGlobalStateRestoreListener(restored);
      streams.start();
      while (failed.get() == null && restored.stores() < partitions) {
        Thread.sleep(5);
      }
      System.out.println("done");
      streams.close(CLOSE);
      if (failed.get() != null) {
        failed.get().printStackTrace();
        return 1;
      }
      System.out.printf(Locale.ROOT, "{\"records\":%d}%n", restored.records());
      return 0;
    }
  }

  /** Named like the sink: nobody else's group, changelog or transactional ids. */
  private static KafkaStreams streams(
      String mode,
      String brokers,
      String source,
      String sink,
      String directory,
      Progress progress,
      AtomicReference<Throwable> failed) {
    KafkaStreams streams =
        new KafkaStreams(topology(mode, source, sink, progress), Settings.of(mode, brokers, sink, directory));
    streams.setUncaughtExceptionHandler(
        why -> {
          failed.set(why);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    return streams;
  }

  private static Topology topology(String mode, String source, String sink, Progress progress) {
    ProcessorSupplier<byte[], byte[], byte[], byte[]> core =
        mode.equals("trivial") ? () -> new Trivial(progress) : () -> new Arbiter(progress);
    StoreBuilder<?> store =
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingEnabled();
    Topology topology = new Topology();
    topology.addSource("events", source);
    topology.addProcessor("core", core, "events");
    topology.addStateStore(store, "core");
    topology.addSink("decisions", sink, "core");
    return topology;
  }
}
