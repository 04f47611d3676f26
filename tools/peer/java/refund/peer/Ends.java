package refund.peer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/** What is asked of the broker before and after a run. */
final class Ends implements AutoCloseable {
  private final Admin admin;
  private final String topic;

  Ends(String brokers, String topic) {
    Properties p = new Properties();
    p.put("bootstrap.servers", brokers);
    admin = Admin.create(p);
    this.topic = topic;
  }

  int partitions() throws Exception {
    return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
  }

  /** By partition. */
  Map<Integer, Long> ask() throws Exception {
    Map<TopicPartition, OffsetSpec> latest =
        IntStream.range(0, partitions())
            .boxed()
            .collect(Collectors.toMap(p -> new TopicPartition(topic, p), p -> OffsetSpec.latest()));
    Map<Integer, Long> ends = new HashMap<>();
    admin.listOffsets(latest).all().get().forEach((at, end) -> ends.put(at.partition(), end.offset()));
    return ends;
  }

  /** With as many partitions as the events have. */
  void createSink(String name) throws Exception {
    NewTopic sink = new NewTopic(name, Optional.of(partitions()), Optional.of((short) 1));
    // The default, of records of the past, would be deleted within a minute.
    sink.configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "9437184"));
    admin.createTopics(List.of(sink)).all().get();
  }

  boolean areCommitted(String group, Map<Integer, Long> ends) throws Exception {
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream()
        .allMatch(
            end -> {
              var at = committed.get(new TopicPartition(topic, end.getKey()));
              return end.getValue() == 0 || (at != null && at.offset() >= end.getValue());
            });
  }

  @Override
  public void close() {
    admin.close();
  }
}
