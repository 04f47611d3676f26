#!/usr/bin/env python3
"""A payout system, the smallest that is right. It reads what to pay from `refund.payouts`, pays each leg once, and
answers to `refund.payout-results` with CloudEvents.

    pip install confluent-kafka pycapnp
    payout_consumer.py --brokers localhost:9092 --book payouts.sqlite

Exactly once on this side rests on four things:
1. It reads `read_committed`: what an aborted batch of the engine produced is never seen.
2. What it did, what it has to answer, and how far it has read lie in one database and change in one transaction;
   the group's offsets in Kafka are not used.
3. It pays under the leg's id, which the provider takes as its idempotency key. Dying between the payment and the
   transaction pays again under the same key, and that is once.
4. An answer's id is made of the leg and of what it answers, so sending it twice says it once: the engine absorbs it.
"""
import argparse
import datetime
import json
import signal
import sqlite3
import sys

from confluent_kafka import Consumer, Producer, TopicPartition

from refund_records import decode, step

TABLES = """
create table if not exists position(partition integer primary key, next integer not null);
create table if not exists paid(leg text primary key, amount integer not null, currency text not null,
                                attempt integer not null, reference text not null);
create table if not exists answer(id text primary key, headers text not null, body text not null);
"""


class Provider:
    """Where a bank's API would be called. `pay` is idempotent by leg: the same key pays once and answers the same."""

    def __init__(self, book):
        self.book = book

    def pay(self, leg, payout):
        self.book.execute("insert or ignore into paid values(?, ?, ?, ?, ?)",
                          (leg, payout["amount"]["units"], payout["amount"]["currency"], payout["attempt"], "p-" + leg))
        return self.status(leg)

    def status(self, leg):
        row = self.book.execute("select reference from paid where leg = ?", (leg,)).fetchone()
        return None if row is None else {"leg": leg, "reference": row[0]}


def answer(book, payout, body, question):
    """One row of the outbox: RefundPaid as a CloudEvent in binary mode."""
    name = f"psp/{body['leg']}/{question}"
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    headers = {"content-type": "application/json", "ce_specversion": "1.0", "ce_source": "/payouts/reference",
               "ce_id": name, "ce_type": "RefundPaid", "ce_subject": payout["key"], "ce_time": now,
               "ce_actorrole": "PSP", "ce_actorid": "psp-1"}
    book.execute("insert or ignore into answer values(?, ?, ?)", (name, json.dumps(headers), json.dumps(body)))


def take(book, provider, message):
    payout = decode(step.Payout, message.value())
    leg = payout["leg"].hex()
    if payout["act"] == "instruct":
        answer(book, payout, provider.pay(leg, payout), payout["attempt"])
    elif (known := provider.status(leg)) is not None:  # QUERY: never a payment; what is unknown stays unanswered
        answer(book, payout, known, "query")
    book.execute("insert or replace into position values(?, ?)", (message.partition(), message.offset() + 1))


def send_answers(book, producer, topic):
    """At least once: a row goes when the broker has it."""
    rows = book.execute("select id, headers, body from answer").fetchall()
    lost = []
    for name, headers, body in rows:
        producer.produce(topic, value=body.encode(), key=name.encode(), headers=json.loads(headers),
                         on_delivery=lambda error, _, name=name: lost.append(name) if error else None)
    producer.flush()
    with book:
        book.executemany("delete from answer where id = ?", [(name,) for name, _, _ in rows if name not in lost])


def main():
    parser = argparse.ArgumentParser(description="Pays what refund.payouts says, once.")
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="refund")
    parser.add_argument("--book", required=True, help="the database: made if it is not there")
    parser.add_argument("--until-idle", type=float, default=0, help="stop after so many seconds without a payout")
    args = parser.parse_args()
    book = sqlite3.connect(args.book)
    book.executescript(TABLES)
    provider = Provider(book)
    consumer = Consumer({"bootstrap.servers": args.brokers, "group.id": args.prefix + "-payouts-unused",
                         "isolation.level": "read_committed", "enable.auto.commit": False, "check.crcs": True,
                         "auto.offset.reset": "error", "allow.auto.create.topics": False})
    producer = Producer({"bootstrap.servers": args.brokers, "enable.idempotence": True})
    payouts = f"{args.prefix}.payouts"
    partitions = consumer.list_topics(payouts, timeout=30).topics[payouts].partitions
    known = dict(book.execute("select partition, next from position"))
    consumer.assign([TopicPartition(payouts, each, known.get(each, 0)) for each in partitions])
    stop = []
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.append(True))
    idle = 0.0
    while not stop and (not args.until_idle or idle < args.until_idle):
        messages = consumer.consume(500, timeout=0.2)
        idle = 0.0 if messages else idle + 0.2
        with book:  # one transaction: paid, to be answered, read so far
            for message in messages:
                if message.error():
                    sys.exit(f"payout_consumer: {payouts}: {message.error()}")
                take(book, provider, message)
        send_answers(book, producer, f"{args.prefix}.payout-results")
    consumer.close()


if __name__ == "__main__":
    main()
