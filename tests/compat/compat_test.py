#!/usr/bin/env python3
"""Logs that were recorded once, with the digests of then: every later binary must give the same (README.md here).

    tests/compat/compat_test.py [--bin DIR]
    tests/compat/compat_test.py --bin DIR --record NAME LOG.refund    adds one"""
import json
import lzma
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../tools"))
import ctl  # noqa: E402

DIGESTS = os.path.join(HERE, "digests.json")


def recorded():
    with open(DIGESTS, encoding="utf-8") as file:
        return json.load(file)


def digests(log, state):
    """What a replay of an exported log gives, without what depends on the machine."""
    replayed = ctl.ctl_json("replay", "--file", log, "--state", state)
    return {name: replayed[name] for name in ("read", "fired", "decisions", "refused", "quarantined", "digests")}


class Compat(ctl.CtlTest):
    def test_recorded_logs_give_what_they_gave(self):
        self.assertEqual({f"{name}.refund.xz" for name in recorded()},
                         {each for each in os.listdir(HERE) if each.endswith(".xz")})
        for name, expected in recorded().items():
            with self.subTest(name):
                log = self.path(f"{name}.refund")
                with lzma.open(os.path.join(HERE, f"{name}.refund.xz")) as packed, open(log, "wb") as out:
                    out.write(packed.read())
                self.assertEqual(digests(log, self.path(name)), expected)


def record(name, log):
    state = os.path.join(os.path.dirname(os.path.abspath(log)), f"{name}-state")
    known = recorded() if os.path.exists(DIGESTS) else {}
    if name in known:
        sys.exit(f"compat_test: {name} is recorded already; a record is never changed (README.md)")
    known[name] = digests(log, state)
    with open(log, "rb") as file, lzma.open(os.path.join(HERE, f"{name}.refund.xz"), "wb", preset=9) as packed:
        packed.write(file.read())
    with open(DIGESTS, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=1)
        file.write("\n")


def main():
    if "--record" in sys.argv:
        at = sys.argv.index("--record")
        if "--bin" in sys.argv:
            ctl.BIN = sys.argv[sys.argv.index("--bin") + 1]
        return record(*sys.argv[at + 1:at + 3])
    ctl.main()


if __name__ == "__main__":
    main()
