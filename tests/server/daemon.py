"""Runs refundd for its tests: starts it, asks it over HTTP, reads what it says of itself, stops it."""
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tools"))
import ctl  # noqa: E402


class Refundd:
    """A running daemon. Its address is that of its own "started" line."""

    def __init__(self, config):
        self.process = subprocess.Popen([os.path.join(ctl.BIN, "refundd"), "--config", config],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.lines, self.events = [], []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            try:
                self.events.append(json.loads(line))
            except json.JSONDecodeError:
                pass

    def said(self, event):
        return [each for each in self.events if each["event"] == event]

    def wait_for(self, what, seconds=60, step=0.01):
        """Until what() is true; returns how long it took."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if what():
                return time.monotonic() - start
            if self.process.poll() is not None and not what():
                break
            time.sleep(step)
        raise AssertionError(f"waited in vain, exit {self.process.poll()}\n" + "".join(self.lines[-30:]))

    @property
    def port(self):
        self.wait_for(lambda: self.said("started"))
        return self.said("started")[0]["port"]

    def get(self, path, method="GET"):
        """(status, text)"""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self):
        return self.get("/readyz")[0] == 200

    def wait_ready(self, seconds=60):
        return self.wait_for(self.ready, seconds)

    def applied(self):
        """The first offset that is not applied, by partition, and whether nothing is left to apply."""
        partitions = json.loads(self.get("/readyz")[1])["partitions"]
        return {each["partition"]: each["next"] for each in partitions}

    def metrics(self):
        """name{labels} -> value"""
        lines = [line for line in self.get("/metrics")[1].split("\n") if line and line[0] != "#"]
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}

    def kill(self):
        self.process.kill()
        return self.end()

    def stop(self, with_signal=signal.SIGTERM, seconds=60):
        self.process.send_signal(with_signal)
        return self.end(seconds)

    def end(self, seconds=60):
        """Waits for its end; returns the exit code."""
        code = self.process.wait(seconds)
        self.reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class DaemonTest(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        self.log, self.state = self.path("log"), self.path("state")
        self.running = []
        self.addCleanup(self._kill_all)

    def _kill_all(self):
        for each in self.running:
            if each.process.poll() is None:
                each.process.kill()
                each.end()

    def config(self, name="refundd.toml", **tables):
        """A configuration with this test's directories and any free port; `tables` add to it."""
        all_of = {"log": {"directory": self.log}, "state": {"directory": self.state},
                  "http": {"listen": "127.0.0.1:0"}}
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in tables.items()
                       if not isinstance(value, dict))
        for table, keys in tables.items():
            if isinstance(keys, dict):
                all_of.setdefault(table, {}).update(keys)
        for table, keys in all_of.items():
            text += f"[{table}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items())
        return self.write(name, text)

    def start(self, config=None):
        daemon = Refundd(config or self.config())
        self.running.append(daemon)
        return daemon

    def bundled(self):
        """The bundled disputes in a new log."""
        ctl.ctl("append", "--as-recorded", "--log", self.log,
                os.path.join(ctl.ROOT, "examples", "disputes.jsonl"), check=0)

    def digests(self, state, log=None):
        """What a replay of the log into that state prints: it changes nothing where all is applied."""
        return ctl.ctl_json("replay", "--log", log or self.log, "--state", state)

    def assert_as_replayed(self):
        """The state that the daemon left is what a pure replay of its log comes to."""
        self.assertEqual(ctl.ctl("verify", "--log", self.log, "--state", self.state)[0], 0)
        # What was put on the log while it stopped: Ticks, and messages, which replay carries too.
        live = self.assert_replay_agrees(self.state)
        self.assertLess(live["read"], 60)
        return live

    def assert_replay_agrees(self, state):
        """A replay of the log from that state on comes to what a pure one comes to; returns what the former prints."""
        live = self.digests(state)  # first: it carries messages, too
        self.export(self.log, self.path("pure.log"))
        pure = ctl.ctl_json("replay", "--file", self.path("pure.log"), "--state", self.path("pure"))
        self.assertEqual(live["digest"], pure["digest"])
        self.assertEqual(live["decisions"], pure["decisions"])
        return live


def main():
    ctl.main()
