#!/usr/bin/env python3
"""What refundd refuses: one line that names the key, the value and what to do, the exit code that the
manual promises, and nothing written. A second daemon is refused, and the first goes on."""
import json
import os
import shutil
import subprocess
import unittest

import daemon
import ctl

REFUNDD = "refundd"


def tree(root):
    """Every file below root with its size and time of change, but the empty ones that are locked."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".lock"):
                continue
            stat = os.stat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (stat.st_size, stat.st_mtime_ns)
    return found


class Refused(daemon.DaemonTest):
    def run_refundd(self, *args):
        done = subprocess.run([os.path.join(ctl.BIN, REFUNDD), *args], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def assert_refused(self, text, code, *words, lines=1):
        """`text`: the configuration, or the arguments as a list."""
        before = tree(self.dir)
        arguments = text if isinstance(text, list) else ["--config", self.write("bad.toml", text)]
        exit_code, out, said = self.run_refundd(*arguments)
        self.assertEqual((exit_code, out), (code, ""), said)
        self.assertEqual(said.count("\n"), lines, said)
        for word in words:
            self.assertIn(word, said)
        after = tree(self.dir)
        after.pop(self.path("bad.toml"), None)
        before.pop(self.path("bad.toml"), None)
        self.assertEqual(after, before, "nothing was written")

    def good(self, **changes):
        keys = {"log": f'directory = "{self.log}"', "state": f'directory = "{self.state}"',
                "http": 'listen = "127.0.0.1:0"'}
        keys.update(changes)
        return "".join(f"[{table}]\n{lines}\n" for table, lines in keys.items())

    def test_wrong_files(self):
        self.bundled()
        rows = [
            ('roles = "both"\n', "unknown key 'roles'", "did you mean 'role'"),
            ('role = "bot"\n', "role: unknown value 'bot'", "both, intake or lanes"),
            ("role = 1\n", "role: expected", "the number 1"),
            ('[lanes]\npartitons = "all"\n', "'lanes.partitons'", "did you mean 'lanes.partitions'"),
            ("[lane]\n", "'lane'", "did you mean 'lanes'"),
            ('lanes = "all"\n', "lanes: expected a table", 'the text "all"'),
            ('[lanes]\npartitions = "some"\n', "lanes.partitions", 'the text "some"'),
            ("[lanes]\npartitions = [0, 0]\n", "lanes.partitions", "different numbers"),
            ("[lanes]\npartitions = [-1]\n", "lanes.partitions", "the number -1"),
            ('[lanes]\nassign = "cards"\n', "lanes.assign: unknown value 'cards'", "static or group"),
            ('[lanes]\nassign = "group"\n', "lanes.assign", "brokers in [kafka]", '"group"'),
            ('[kafka]\nbrokers = "h:1"\n[lanes]\nassign = "group"\npartitions = [1]\n', "lanes.partitions", '"all"'),
            ('[lanes]\nsession_timeout = "1ms"\n', "lanes.session_timeout", '"1ms"'),
            ("[lanes]\nthreads = 1000\n", "lanes.threads", "0 to 256", "the number 1000"),
            ('[lanes]\ncommit_interval = "soon"\n', "lanes.commit_interval", 'such as "100ms"', '"soon"'),
            ('[lanes]\ncommit_interval = "3d"\n', "lanes.commit_interval", '"3d"'),
            ("[lanes]\ncommit_interval = 100\n", "lanes.commit_interval", "the number 100"),
            ("[lanes]\nbatch_records = 0\n", "lanes.batch_records", "the number 0"),
            ("[lanes]\ncheckpoint_bytes = 1\n", "lanes.checkpoint_bytes", "the number 1"),
            ("[lanes]\nmemory_bytes = 1\n", "lanes.memory_bytes", "the number 1"),
            ('[ticker]\ninterval = "1h"\n', "ticker.interval", "10 min", '"1h"'),
            ('[ticker]\nprincipal = "buyer:b-1"\n', "ticker.principal", "platform", '"buyer:b-1"'),
            ('[http]\nlisten = "7480"\n', "http.listen", "127.0.0.1:7480", '"7480"'),
            ('[http]\nlisten = "localhost:7480"\n', "http.listen", '"localhost:7480"'),
            ('[http]\nlisten = "127.0.0.1:99999"\n', "http.listen", '"127.0.0.1:99999"'),
            ('[http]\nlisten = "0.0.0.0:7480"\n', "http.listen", "allow_remote", '"0.0.0.0:7480"'),
            ('[logging]\nlevel = "loud"\n', "logging.level", "'loud'", "debug, info, warning or error"),
            ('[log]\ndirectory = ""\n', "log.directory", "the path of a directory"),
            ("role = [\n", "bad.toml:"),
        ]
        for text, *words in rows:
            with self.subTest(text):
                self.assert_refused(text, 3, "bad.toml:", ": error: ", *words)

    def test_all_errors_at_once(self):
        self.assert_refused('role = "bot"\n[lanes]\nthreads = -1\n[http]\nlisen = 1\n', 3,
                            "bad.toml:1:", "bad.toml:3:", "bad.toml:5:", lines=3)
        self.assertEqual(self.run_refundd("--check-config", "--config", self.write("x.toml", "role = 3\n"))[0], 3)
        self.assertEqual(self.run_refundd("--check-config", "--config", self.write("y.toml", ""))[0], 0)

    def test_wrong_arguments(self):
        self.assert_refused([], 2, "--config FILE is missing")
        self.assert_refused(["--config", self.path("none.toml")], 2, "--config: open " + self.path("none.toml"),
                            "No such file or directory")
        self.assert_refused(["--config", self.path("")], 2, "--config: read " + self.path(""), "Is a directory")

    def test_no_log(self):
        self.assert_refused(self.good(), 4, f'log.directory = "{self.log}"', "refundctl init")

    def test_a_log_that_is_none(self):
        self.bundled()
        with open(os.path.join(self.log, "log.meta"), "r+b") as file:
            file.write(b"XXXX")
        self.assert_refused(self.good(), 5, f'log.directory = "{self.log}"')

    def test_a_partition_that_is_not_there(self):
        self.bundled()
        self.assert_refused(self.good(lanes="partitions = [0, 9]"), 3, "lanes.partitions holds 9", "from 0 to 3")

    def test_the_state_of_another_log(self):
        self.bundled()
        ctl.ctl("replay", "--log", self.log, "--state", self.state, check=0)
        shutil.rmtree(self.log)
        self.bundled()
        self.assert_refused(self.good(), 6, f'state.directory = "{self.state}"', "name a directory of this log")

    def test_a_state_that_is_something_else(self):
        self.bundled()
        os.mkdir(self.state)
        with open(os.path.join(self.state, "letter.txt"), "w", encoding="utf-8") as file:
            file.write("dear")
        self.assert_refused(self.good(), 6, "state.directory", "holds something else")

    def test_an_address_that_is_taken(self):
        self.bundled()
        first = self.start()
        first.wait_ready()
        ctl.ctl("init", "--log", self.path("log-2"), check=0)
        text = self.good(http=f'listen = "127.0.0.1:{first.port}"', log=f'directory = "{self.path("log-2")}"',
                         state=f'directory = "{self.path("state-2")}"')
        before = tree(self.path("log-2"))
        exit_code, _, said = self.run_refundd("--config", self.write("second.toml", text))
        self.assertEqual(tree(self.path("log-2")), before)
        self.assertEqual((exit_code, said.count("\n")), (3, 1), said)
        self.assertIn(f'http.listen = "127.0.0.1:{first.port}"', said)
        self.assertFalse(os.path.exists(self.path("state-2")))

    def test_a_second_daemon_is_refused_and_the_first_goes_on(self):
        self.bundled()
        first = self.start()
        first.wait_ready()
        second = self.start(self.config("second.toml", state={"directory": self.path("state-2")}))
        self.assertEqual(second.end(), 6)
        self.assertEqual(len(second.lines), 1, second.lines)
        self.assertIn(f'log.directory = "{self.log}"', second.lines[0])
        self.assertIn("belongs to another process", second.lines[0])
        self.assertFalse(os.path.exists(self.path("state-2")))
        intake = self.start(self.config("intake.toml", role="intake"))
        self.assertEqual(intake.end(), 6)
        self.assertIn("stop the other refundd", intake.lines[0])
        code, _, said = ctl.ctl("replay", "--log", self.log, "--state", self.path("state-3"))
        self.assertEqual(code, 6, said)
        before = first.applied()
        ctl.ctl("tick", "--log", self.log, "--until", "2030-01-01T00:00:00+08:00", check=0)
        first.wait_for(lambda: all(n > before[p] for p, n in first.applied().items()))
        self.assertEqual(first.stop(), 0)
        self.assert_as_replayed()


if __name__ == "__main__":
    daemon.main()
