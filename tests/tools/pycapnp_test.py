#!/usr/bin/env python3
"""Another language reads our records from the published schemas: every claim of the bundled disputes says, through
pycapnp, what its line of JSON says."""
import pypi

pypi.enter()

import base64
import json
import os
import re
import struct
import sys
import unittest
from datetime import datetime

import ctl

sys.path.insert(0, os.path.join(ctl.ROOT, "tools", "clients"))
import refund_records  # noqa: E402


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def instant(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def says_the_same(decoded, line, where):
    """Whether a decoded value is that of the line; what the line leaves out has its default."""
    if isinstance(line, dict):
        decoded = {snake(key): value for key, value in decoded.items()}
        unknown = set(line) - set(decoded)
        if unknown:
            return f"{where}: {unknown} is not decoded"
        wrong = [says_the_same(decoded[key], line[key], f"{where}/{key}") for key in line]
        wrong += [f"{where}/{key}: {value} is not in the line" for key, value in decoded.items()
                  if key not in line and value not in (0, "", b"", [], False, -1, "unspecified") and value]
        return next((each for each in wrong if each), None)
    if isinstance(line, list):
        if len(line) != len(decoded):
            return f"{where}: {len(decoded)} items, not {len(line)}"
        wrong = [says_the_same(a, b, f"{where}/{i}") for i, (a, b) in enumerate(zip(decoded, line))]
        return next((each for each in wrong if each), None)
    if isinstance(decoded, bytes):
        same = line in (decoded.hex(), base64.b64encode(decoded).decode())
    elif isinstance(decoded, str):
        same = line in (decoded, snake(decoded).upper(), decoded.upper())
    elif isinstance(line, str):
        same = decoded == (instant(line) if "T" in line else int(line))
    else:
        same = decoded == line
    return None if same else f"{where}: {decoded!r}, and the line says {line!r}"


class PyCapnp(ctl.CtlTest):
    def records(self, path):
        with open(path, "rb") as file:
            data = file.read()
        at = 20
        while data[at:at + 4] == b"RFE1":
            _, _, _, size, _, _, _, _ = struct.unpack(">4sIIIqqII", data[at:at + 40])
            at, end = at + 40, at + 40 + size
            while at < end:
                length, stamp = struct.unpack(">Iq", data[at:at + 12])
                yield stamp, data[at + 12:at + 12 + length]
                at += 12 + length

    def difference(self, claim, line):
        (kind, body), = claim["body"].items()
        if kind[0].upper() + kind[1:] != line["type"]:
            return f"{kind}, and the line says {line['type']}"
        if claim["occurredAt"] != instant(line["occurred_at"]):
            return f"occurred at {claim['occurredAt']}, and the line says {line['occurred_at']}"
        if claim["actor"]["role"].upper() != line["actor"]["role"]:
            return f"by {claim['actor']}, and the line says {line['actor']}"
        return says_the_same(body, line["body"], line["id"])

    def test_every_claim_says_what_its_line_says(self):
        log = self.path("log")
        source = os.path.join(ctl.ROOT, "examples", "disputes.jsonl")
        ctl.ctl("append", "--as-recorded", "--log", log, source, check=0)
        exported = self.path("log.refund")
        ctl.ctl("export", "--log", log, "--out", exported, check=0)
        with open(source, encoding="utf-8") as file:
            lines = [json.loads(each) for each in file if each.strip()]
        wanted = {}  # an id may come twice, with another claim: a conflict
        for each in lines:
            if "raw" not in each:
                wanted.setdefault((each["id"], each.get("key", "")), []).append(each)
        seen, unreadable = set(), 0
        for stamp, record in self.records(exported):
            try:
                claim, outer = refund_records.claim_of(record)
            except ValueError:
                unreadable += 1  # the raw lines of the bundle: the engine quarantines them
                continue
            self.assertEqual(outer["recordedAt"], stamp)
            name = (claim["id"], claim.get("key", ""))
            if name not in wanted:
                continue  # the packs and the log's first record, which no line makes
            seen.add(name)
            wrong = [self.difference(claim, line) for line in wanted[name]]
            self.assertIn(None, wrong, name)
        self.assertEqual(seen, set(wanted))
        self.assertGreaterEqual(unreadable, 1)


if __name__ == "__main__":
    ctl.main()
