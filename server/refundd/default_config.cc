#include "server/refundd/config.h"

namespace refund::daemon {

// docs/OPERATIONS.md shows this very text (tests/server/config_docs_test.py).
std::string_view DefaultConfigFile() {
  return R"TOML(# refundd: every key, with its default. A key that is left out has the default. It is read once, at start.

# What this process does. "intake": lets time pass (Ticks) and carries the engine's own messages back
# into the log. "lanes": decides. "both": one process for all; else run one of each.
role = "both"

[log]
# The embedded log: a directory that `refundctl init` or `refundctl append` has made.
directory = "/var/lib/refund/log"

[kafka]
# Brokers, "host:port,host:port": then the log is Apache Kafka's and log.directory is not used. "" means none.
# refundctl topics create makes the topics (docs/formats/topics.md).
brokers = ""
# The beginning of the topics' names, and the name of this installation among those of the cluster:
# processes that share partitions have the same.
prefix = "refund"
app = "refund"
# Of each partition that is read, prefetched: more than a second of reading.
fetch_queue_kbytes = 65536
# The most that an answer of the brokers is waited for.
timeout = "30s"
# Outputs are read back this often, as consumers see them, and compared with what was put out. Lanes only.
read_back_interval = "1s"

[kafka.settings]
# What librdkafka needs to get in, under its own names, such as "security.protocol" = "SASL_SSL".

[kafka.inboxes]
# Topics that others write CloudEvents to, and who somebody is that may write there: a principal
# (docs/decisions/0010-principals.md). The brokers' access control says who may. Intake only.
"refund.inbox" = "platform"
"refund.payout-results" = "psp"

[state]
# Where decided orders and their views are kept; made when it is missing. A cache of the log: if it is
# lost, it comes back by itself. Lanes only.
directory = "/var/lib/refund/state"

[lanes]
# The partitions of this process: "all", or a list such as [0, 2]. Each belongs to one process at a time.
partitions = "all"
# "static": these are its partitions, always. "group", over Kafka: processes with the same app and prefix share
# all partitions among themselves; those of one that is gone go to the others.
assign = "static"
# In a group, who has not been heard of for so long is gone. The brokers take no less than 6 s by default.
session_timeout = "10s"
# Lanes, one thread each, that share the partitions. 0: as many as there are processor cores.
threads = 0
# Outputs are committed (one fsync) at most this often a partition; when all is quiet, at once.
commit_interval = "100ms"
# A batch that has grown to this many records is committed before the interval is over.
batch_records = 4096
# Orders and views are written at most this often, or when this many bytes of orders have changed;
# when all is quiet, at once. What reads them (refundctl case list) sees the newest checkpoint.
checkpoint_interval = "1s"
checkpoint_bytes = 67108864
# What all partitions together may keep in memory of their databases: half of it blocks and buffers, half
# orders. What has changed since the last checkpoint and the batches come on top.
memory_bytes = 536870912

[ticker]
# Every partition gets a Tick this often, so that deadlines pass where nothing else happens. If the
# newest Tick is older than 15 minutes, an OutageDeclared comes first. Intake only.
interval = "60s"
# Who says so: platform, platform:NAME or local (docs/decisions/0010-principals.md).
principal = "platform:refundd"

[http]
# /healthz, /readyz and /metrics. There is no TLS and no password: an address that other machines can
# reach is refused unless allow_remote says that something else protects it.
listen = "127.0.0.1:7480"
allow_remote = false

[logging]
# "debug", "info", "warning" or "error": JSON lines on stderr, with ids and offsets, without personal data.
level = "info"
)TOML";
}

}  // namespace refund::daemon
