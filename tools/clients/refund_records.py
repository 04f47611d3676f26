"""Reads the engine's records in Python, from the published schemas (pip install pycapnp).

A record's bytes are one Cap'n Proto segment without a segment table (docs/formats/event.md), so the table is
put before them. The schemas import /capnp/c++.capnp; Debian's libcapnp-dev has it in /usr/include.
"""
import os
import struct

import capnp

capnp.remove_import_hook()
SCHEMAS = os.environ.get("REFUND_SCHEMAS", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../schemas"))
event = capnp.load(os.path.join(SCHEMAS, "event.capnp"), imports=["/usr/include", SCHEMAS])
step = capnp.load(os.path.join(SCHEMAS, "step.capnp"), imports=["/usr/include", SCHEMAS])


def decode(kind, data):
    """`data` as a dictionary: decode(step.Payout, message.value())["leg"].hex()."""
    if len(data) % 8:
        raise ValueError(f"expected whole words, found {len(data)} bytes")
    with kind.from_bytes(struct.pack("<II", 0, len(data) // 8) + data) as reader:
        return reader.to_dict()


def claim_of(record):
    """The claim inside a record of the events topic, and its stamp."""
    outer = decode(event.Record, record)
    return decode(event.Claim, outer["claim"]), outer["stamp"]
