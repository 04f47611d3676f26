#!/usr/bin/env python3
"""The lanes beside a Kafka Streams application around the same core, and beside the bare consumer (tools/peer).

    tools/bench/peer.py [--events N] [--runs R] [--seed S] [--peers eos100,tuned,trivial] [--restore] [--memory-mib N]
                        [--fetch-queue-kib N] [--bin build/release/bin]

One broker, and events that are made once. Over them, in each run, one after the other: librdkafka alone (raw), refundd
with lanes alone and 100 ms commits (ours), Kafka Streams exactly once with 100 ms commits (eos100), the same as fast as
it goes (tuned: 30 s commits, 2 threads, 256 MiB of cache), and with next to no core (trivial). Everyone checks
checksums. A rate is records over the time from the first record taken until everything is committed, flushed and
closed; CPU is that of the same time, of the program and of the broker; memory the most that RssAnon came to. Ours makes
more steps of the same records, as it hears of Ticks: so both are given by the step, too. What ours, eos100 and tuned
decided must be equal: the steps of each order up to its last record, in any order (tools/peer/README.md).

--restore: then the state is lost. Ours comes again from the log alone, and is killed at its end: how long from there, by
its newest checkpoint, until it is where it was; eos100 restores its store from its changelog. Of ours the time is that
from the start of the process, of eos100 that of restoring alone.

Prints a JSON line for each, and one with the ratios: of the best and of the medians. Exit code 1 if decisions differ."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
for each in ("tests/tools", "tests/kafka", "tests/server"):
    sys.path.insert(0, os.path.join(ROOT, each))

import pypi  # noqa: E402

pypi.enter()

import broker  # noqa: E402
import ctl  # noqa: E402

PEER = os.path.join(ROOT, "tools", "peer", "peer")
PARTITIONS = 4
PEERS = ("eos100", "tuned", "trivial")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
LEAST_TRIVIAL_TO_RAW = 0.035  # a peer that does less is badly tuned, and the comparison does not count


class Watch:
    """CPU and memory of processes, by time: what they have used is gone with them."""
    EVERY_S = 0.02

    def __init__(self, **pids):
        self.pids, self.samples, self.anon_kib = pids, {name: [] for name in pids}, dict.fromkeys(pids, 0)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.over.is_set():
            self._sample()
            self.over.wait(self.EVERY_S)

    def _sample(self):
        for name, pid in self.pids.items():
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                    anon = [line for line in file if line.startswith("RssAnon:")]
            except (FileNotFoundError, ProcessLookupError):
                continue
            self.samples[name].append((time.monotonic(), (int(fields[11]) + int(fields[12])) / TICKS_PER_S))
            if anon:  # a process that is ending has none
                self.anon_kib[name] = max(self.anon_kib[name], int(anon[0].split()[1]))

    def stop(self):
        self.over.set()
        self.thread.join()

    def cpu(self, name, begun, ended):
        at = [cpu for when, cpu in self.samples[name] if begun - self.EVERY_S <= when <= ended + self.EVERY_S]
        return at[-1] - at[0] if at else 0.0


class Bench(broker.KafkaTest):
    budget = {"lanes": {}, "kafka": {}}  # of ours, besides what every test sets

    def prepare(self, events, seed):
        """The events, for every run."""
        os.mkdir(self.path("states"))
        self.topics("peer", PARTITIONS)
        self.made = ctl.ctl_json("bench", "generate", "--events", events, "--seed", seed, "--no-closing-ticks",
                                 "--to-kafka", self.log)

    def forget(self):
        """What a run has put out, so that the next one has the events alone, and the disk."""
        for topic in self.admin.list_topics(timeout=30).topics:
            if topic.startswith(f"{self.prefix}.") and topic != f"{self.prefix}.events":
                self.remove(topic)
        self.topics(self.prefix, PARTITIONS)
        shutil.rmtree(self.path("states"))
        os.mkdir(self.path("states"))

    def broker_pid(self):
        with open(os.path.join(self.broker_dir, "pid"), encoding="utf-8") as file:
            return int(file.read())

    def line(self, who, records, begun, ended, watch, seconds=None, **more):
        seconds = seconds or ended - begun
        client, server = (watch.cpu(name, begun, ended) for name in ("client", "broker"))
        return {"who": who, "records": records, "seconds": round(seconds, 3), "records_per_s": round(records / seconds),
                "cpu_s_per_m": round((client + server) * 1e6 / records, 2), "client_cpu_s": round(client, 2),
                "broker_cpu_s": round(server, 2), "rss_anon_mib": watch.anon_kib["client"] // 1024,
                "load": round(os.getloadavg()[0], 1), **more}

    def program(self, who, *command):
        """One that says when it begins, perhaps when it is done, and then tells the rest as a line of JSON."""
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        watch = Watch(client=process.pid, broker=self.broker_pid())
        begun = ended = answer = None
        try:
            for line in process.stdout:
                now = time.monotonic()
                if line == "begun\n":
                    begun = now
                elif line == "done\n":
                    ended = now
                elif line.startswith("{"):
                    answer, ended = json.loads(line), ended or now
            code = process.wait()
        finally:
            watch.stop()
            process.kill()  # nothing, if it has ended
            process.stdout.close()
        if code != 0 or begun is None or answer is None:
            raise AssertionError(f"{who}: exit code {code}")
        return self.line(who, answer.pop("records"), begun, ended, watch, **answer)

    def raw(self):
        return self.program("raw", os.path.join(ctl.BIN, "peer_probe"), "drain", self.address, f"{self.prefix}.events")

    def java(self, run, mode, name):
        """One run's application of that name: its group and its topics are nobody else's."""
        return self.program(mode, PEER, "run", ctl.BIN, mode, self.address, self.prefix, f"{name}-{run}",
                            self.path(f"states/{name}-{run}"))

    def peer(self, run, mode):
        line = self.java(run, mode, mode)
        return line if mode == "trivial" else self.with_decided(line, f"{mode}-{run}")

    def restored_peer(self, run):
        shutil.rmtree(self.path(f"states/eos100-{run}"))
        return self.java(run, "restore", "eos100") | {"who": "eos100 restored"}

    def refundd(self, run):
        """With a cursor of the run's own: its app is nobody else's."""
        return self.start(self.kafka_config(
            f"{self.prefix}-{run}.toml", role="lanes", lanes=self.budget["lanes"],
            kafka={"app": f"run{run}", **self.budget["kafka"]}, state={"directory": self.path(f"states/ours-{run}")}))

    def until_applied(self, refundd, records):
        refundd.wait_for(lambda: sum(refundd.applied().values()) >= records, 3600, 0.05)
        return time.monotonic()

    def restored_ours(self, run, ends):
        """From the log alone to its end; killed there, and from the newest checkpoint back to where it was."""
        shutil.rmtree(self.path(f"states/ours-{run}"))
        begun = time.monotonic()
        refundd = self.refundd(run)
        ended = self.until_applied(refundd, ends)
        refundd.kill()
        again = time.monotonic()
        refundd = self.refundd(run)
        back = self.until_applied(refundd, ends)
        from_checkpoint = sum(each["next"] for each in refundd.said("partition opened"))
        assert refundd.stop(seconds=120) == 0
        return {"who": "ours restored", "records": ends, "seconds": round(ended - begun, 3),
                "back_seconds": round(back - again, 3), "from_checkpoint": from_checkpoint,
                "tail_records": ends - from_checkpoint}

    def ours(self, run, ends):
        refundd = self.refundd(run)
        watch = Watch(client=refundd.process.pid, broker=self.broker_pid())
        try:
            refundd.wait_for(lambda: any(refundd.applied().values()), 120, 0.01)
            begun = time.monotonic()
            at = sum(refundd.applied().values())
            refundd.wait_for(lambda: sum(refundd.applied().values()) >= ends, 3600, 0.1)
            assert refundd.stop(seconds=120) == 0
            ended = time.monotonic()
        finally:
            watch.stop()
        # Without those that were taken when it was first seen to have begun.
        line = self.line("ours", ends - at, begun, ended, watch)
        return self.with_decided(line, "decisions", (ends - at) / ends)

    def with_decided(self, line, topic, share=1.0):
        """And what it decided: of it so large a share while it was measured."""
        decided = self.decided(topic)
        steps = decided["all_steps"] * share
        cpu = line["client_cpu_s"] + line["broker_cpu_s"]
        return line | {"steps_per_s": round(steps / line["seconds"]), "cpu_us_per_step": round(cpu * 1e6 / steps, 1),
                       "decided": decided}

    def decided(self, topic):
        done = subprocess.run([os.path.join(ctl.BIN, "peer_probe"), "decisions", self.address, f"{self.prefix}.{topic}"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{topic}: {done.stderr}")
        return json.loads(done.stdout)

    def run_once(self, run, peers=PEERS, restore=False):
        """The lines of everyone, by name. After prepare()."""
        self.raw()  # the broker reads all of it once before anybody is measured
        lines = {"raw": self.raw()}
        ends = lines["raw"]["records"]
        lines["ours"] = self.ours(run, ends)
        for mode in peers:
            lines[mode] = self.peer(run, mode)
        if restore:
            lines["eos100 restored"] = self.restored_peer(run)
            lines["ours restored"] = self.restored_ours(run, ends)
        for line in lines.values():
            line.update(run=run, orders=self.made["orders"], ticks=self.made["ticks"], refused=self.made["refused"])
        self.forget()
        return lines


def difference(lines):
    """What is not as it must be between ours and the peers; nothing, if all is well."""
    ours = lines["ours"]["decided"]
    for mode in PEERS[:2]:
        if mode not in lines:
            continue
        theirs = lines[mode]["decided"]
        for name in ("orders", "steps", "by_record", "decisions", "hash"):
            if ours[name] != theirs[name]:
                return f"{mode}: expected {name} {ours[name]}, found {theirs[name]}"
        if ours["twice_or_missing"] or theirs["twice_or_missing"]:
            return f"{mode}: steps are there twice, or missing: ours {ours}, theirs {theirs}"
    return None


def ratios(runs):
    """Of the best and of the medians, of those who ran."""
    def of(which, who, name):
        return which(run[who][name] for run in runs)

    def ratio(over, under, name, best):
        return {how: round(of(which, over, name) / max(1e-9, of(which, under, name)), 3)
                for how, which in (("best", best), ("median", statistics.median))}

    higher = {f"{over}/{under}": (over, under, "records_per_s")
              for over, under in (("ours", "eos100"), ("ours", "tuned"), ("ours", "raw"), ("trivial", "raw"))}
    higher |= {f"steps ours/{peer}": ("ours", peer, "steps_per_s") for peer in PEERS[:2]}
    lower = {f"cpu {peer}/ours": (peer, "ours", "cpu_s_per_m") for peer in PEERS[:2]}
    lower |= {f"cpu a step {peer}/ours": (peer, "ours", "cpu_us_per_step") for peer in PEERS[:2]}
    lower |= {f"rss ours/{peer}": ("ours", peer, "rss_anon_mib") for peer in PEERS[:2]}
    lower["restore eos100/ours from the log"] = ("eos100 restored", "ours restored", "seconds")
    found = {name: ratio(*what, best) for best, table in ((max, higher), (min, lower))
             for name, what in table.items() if what[0] in runs[0] and what[1] in runs[0]}
    if "ours restored" in runs[0]:
        found["restore eos100/ours from the checkpoint"] = round(
            of(statistics.median, "eos100 restored", "seconds") / of(statistics.median, "ours restored", "back_seconds"), 3)
    if "trivial/raw" in found:
        found["counts"] = found["trivial/raw"]["median"] >= LEAST_TRIVIAL_TO_RAW
    return found


def main():
    parser = argparse.ArgumentParser(description="Ours beside Kafka Streams around the same core.")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", type=lambda text: tuple(text.split(",")), default=PEERS)
    parser.add_argument("--restore", action="store_true", help="lose the state, and time until it is there again")
    parser.add_argument("--memory-mib", type=int, help="lanes.memory_bytes of ours, where not refundd's own default")
    parser.add_argument("--fetch-queue-kib", type=int, help="kafka.fetch_queue_kbytes of ours, where not the tests'")
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"))
    args = parser.parse_args()
    ctl.BIN = os.path.abspath(args.bin)
    subprocess.run([PEER, "build", ctl.BIN], check=True)
    with Bench.by_hand() as bench:
        if args.memory_mib is not None:
            bench.budget["lanes"] = {"memory_bytes": args.memory_mib << 20}
        if args.fetch_queue_kib is not None:
            bench.budget["kafka"] = {"fetch_queue_kbytes": args.fetch_queue_kib}
        runs, failed = [], None
        bench.prepare(args.events, args.seed)
        for run in range(1, args.runs + 1):
            runs.append(bench.run_once(run, args.peers, args.restore))
            for line in runs[-1].values():
                print(json.dumps(line), flush=True)
            failed = failed or difference(runs[-1])
        print(json.dumps({"equal": failed is None, "events": args.events, "runs": args.runs,
                          "cores": os.cpu_count(), **ratios(runs)}))
        if failed:
            sys.exit(f"peer.py: decisions differ: {failed}")


if __name__ == "__main__":
    main()
