#!/usr/bin/env python3
"""Kills the server at random moments under load and checks what it finds again.

Writers on several connections put, update, delete, batch-write and transact items of a table with
local and global indexes; another makes and drops tables; others are parts in files of their own
(crash_*.py). `kill -9`; the server starts again on the same directory. Then: every acknowledged
write is there (one in flight, either way, but a transaction whole or not at all), every index entry
matches its item and none is missing, the counts agree, the stream has each change once, and what
else the parts check.

The control runs the same against a server that writes index entries in a second batch
(tests/fault/split_batch_server.cc): it must be caught.

    tests/fault/crash_test.py [--cycles N] [--seed N]
"""
import argparse
import collections
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import crash_backfill  # noqa: E402
import crash_streams  # noqa: E402
import crash_ttl  # noqa: E402
from crash_support import Fault, key_of, name_of, shown  # noqa: E402
from server import Server, StartFailure, binary, table  # noqa: E402
from suite import summary  # noqa: E402

WRITERS = 4
KEYS_PER_WRITER = 60
PARTITIONS = 5
CONTROL_CYCLES_MAX = 40
DURABILITIES = ("everysec", "always", "never")

# name -> (key attributes, projected attributes; None: all)
INDEXES = {
    "l_all": (("p", "n"), None),
    "l_keys": (("p", "l"), ()),
    "g_all": (("g", "n"), None),
    "g_keys": (("h",), ()),
    "g_some": (("l", "n"), ("v", "big")),
}
TABLE = table(
    "crash", "p:S s:S",
    local=[("l_all", "p:S n:N", "ALL"), ("l_keys", "p:S l:S", "KEYS_ONLY")],
    global_=[("g_all", "g:S n:N", "ALL"), ("g_keys", "h:S", "KEYS_ONLY"), ("g_some", "l:S n:N", ["v", "big"])],
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})


class Writer(threading.Thread):
    """Owns its keys: nobody else writes them. `sure` is what was acknowledged; `maybe` what an
    unanswered request would have made of the keys it named."""

    def __init__(self, number, seed):
        super().__init__(daemon=True)
        self.number = number
        self.random = random.Random(f"{seed}/{number}")
        self.sure = {}
        self.maybe = {}
        self.is_whole = False  # Whether it is all of `maybe` or none of it.
        self.changes = []  # (name, item before, item after), until somebody takes them.
        self.writes = 0
        self.version = 0
        self.port = None
        self.problem = None

    def for_next_cycle(self):
        """A thread runs once: the same writer in a new one."""
        successor = Writer(self.number, 0)
        successor.random, successor.sure = self.random, self.sure
        successor.version, successor.writes, successor.changes = self.version, self.writes, self.changes
        return successor

    def run(self):
        client = Server.client(self, timeout=20)
        try:
            while True:
                operation, parameters, after, refusal = self.request()
                self.maybe, self.is_whole = after, operation == "TransactWriteItems"
                reply = client.call(operation, parameters)
                self.answered(operation, reply, after, refusal)
        except OSError:
            pass  # Killed: `maybe` holds what was under way.
        except Exception as problem:  # Told by the main thread.
            # http.client reports a connection that closes between requests in its own way.
            if type(problem).__module__ != "http.client":
                self.problem = problem

    def answered(self, operation, reply, after, refusal):
        if reply.status == 200:
            if reply.body.get("UnprocessedItems"):
                raise Fault(f"unprocessed items without need: {reply.raw[:200]}")
            if refusal:
                raise Fault(f"{operation} should have been refused")
            self.become(after)
        elif reply.error == "ConditionalCheckFailedException" and refusal:
            pass
        elif reply.status in (500, 503):
            return  # Stopping: as if unanswered. The next request fails to connect.
        else:
            raise Fault(f"{operation}: {reply.status} {reply.raw[:300]!r}")
        self.maybe = {}
        self.writes += 1

    def become(self, after):
        for name, item in after.items():
            if item != self.sure.get(name):
                self.changes.append((name, self.sure.get(name), item))
            self.sure[name] = item

    def some_key(self):
        number = self.random.randrange(KEYS_PER_WRITER)
        return {"p": {"S": f"p{number % PARTITIONS}"}, "s": {"S": f"{self.number}-{number:03}"}}

    def some_item(self, key):
        chance = self.random.random
        self.version += 1
        item = {**key, "v": {"S": f"{self.number}.{self.version}"}}
        if chance() < 0.8:
            item["n"] = {"N": str(self.random.randrange(-50, 50))}
        if chance() < 0.7:
            item["l"] = {"S": self.random.choice("xyz")}
        if chance() < 0.7:
            item["g"] = {"S": self.random.choice("abc")}
        if chance() < 0.5:
            item["h"] = {"S": self.random.choice("mn")}
        if chance() < 0.2:
            item["big"] = {"S": "b" * self.random.randrange(20_000)}
        return item

    def request(self):
        """(operation, parameters, the items after it by name, whether it must be refused)"""
        kind = self.random.random()
        key = self.some_key()
        name = name_of(key)
        old = self.sure.get(name)
        if kind < 0.35:
            item = self.some_item(key)
            return "PutItem", {"TableName": "crash", "Item": item}, {name: item}, False
        if kind < 0.55:
            return self.update(key, name, old)
        if kind < 0.65:
            parameters = {"TableName": "crash", "Key": key, "ConditionExpression": "attribute_exists(v)"}
            return "DeleteItem", parameters, {name: None}, old is None
        if kind < 0.75:
            return "DeleteItem", {"TableName": "crash", "Key": key}, {name: None}, False
        return self.batch() if kind < 0.9 else self.transaction()

    def update(self, key, name, old):
        self.version += 1
        version = {"S": f"{self.number}.{self.version}"}
        new = dict(old) if old else dict(key)
        new["v"] = version
        values = {":v": version}
        if self.random.random() < 0.5:
            letter = {"S": self.random.choice("abc")}
            expression = "SET v = :v, g = :g REMOVE l ADD n :one"
            values.update({":g": letter, ":one": {"N": "1"}})
            new["g"] = letter
            new["n"] = {"N": str(int(new.get("n", {"N": "0"})["N"]) + 1)}
            new.pop("l", None)
        else:
            expression = "SET v = :v REMOVE g, h, big"
            for gone in ("g", "h", "big"):
                new.pop(gone, None)
        parameters = {"TableName": "crash", "Key": key, "UpdateExpression": expression, "ExpressionAttributeValues": values}
        return "UpdateItem", parameters, {name: new}, False

    def batch(self):
        keys = {name_of(key): key for key in (self.some_key() for _ in range(self.random.randrange(1, 20)))}
        requests, after = [], {}
        for name, key in keys.items():
            if self.random.random() < 0.7:
                after[name] = self.some_item(key)
                requests.append({"PutRequest": {"Item": after[name]}})
            else:
                after[name] = None
                requests.append({"DeleteRequest": {"Key": key}})
        return "BatchWriteItem", {"RequestItems": {"crash": requests}}, after, False

    def transaction(self):
        keys = {name_of(key): key for key in (self.some_key() for _ in range(self.random.randrange(1, 8)))}
        actions, after = [], {}
        for name, key in keys.items():
            kind = self.random.random()
            old = self.sure.get(name)
            if kind < 0.5:
                after[name] = self.some_item(key)
                actions.append({"Put": {"TableName": "crash", "Item": after[name]}})
            elif kind < 0.7:
                _, update, changed, _ = self.update(key, name, old)
                after.update(changed)
                actions.append({"Update": update})
            elif kind < 0.85:
                after[name] = None
                actions.append({"Delete": {"TableName": "crash", "Key": key}})
            else:
                condition = "attribute_exists(v)" if old else "attribute_not_exists(v)"
                actions.append({"ConditionCheck": {"TableName": "crash", "Key": key, "ConditionExpression": condition}})
        token = f"{self.number}-{self.random.randrange(1 << 60)}"
        return "TransactWriteItems", {"TransactItems": actions, "ClientRequestToken": token}, after, False

    def settle(self, found):
        """Compares what was found with what may be, and takes it as the truth."""
        done = {found.get(name) == item for name, item in self.maybe.items() if item != self.sure.get(name)}
        if self.is_whole and len(done) > 1:
            raise Fault(f"half a transaction: of {shown(self.maybe)} found {shown({name: found.get(name) for name in self.maybe})}")
        for name in set(self.sure) | set(self.maybe):
            actual = found.get(name)
            if actual == self.sure.get(name):
                continue
            if name in self.maybe and actual == self.maybe[name]:
                self.become({name: actual})
                continue
            raise Fault(f"item {name}: acknowledged {shown(self.sure.get(name))}, in flight "
                        f"{shown(self.maybe.get(name))}, found {shown(actual)}")
        self.maybe = {}
        for name in found:
            if name[1].startswith(f"{self.number}-") and name not in self.sure:
                raise Fault(f"item {name} was never written: {shown(found[name])}")


class TableMaker(threading.Thread):
    """Makes tables with an item in each, and drops them."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.prefix = f"made{number}-"
        self.sure = set()
        self.maybe = None
        self.port = None
        self.problem = None

    def run(self):
        client = Server.client(self, timeout=20)
        turn = 0
        try:
            while True:
                name = f"{self.prefix}{turn % 3}"
                self.maybe = name
                if name in self.sure:
                    client.ok("DeleteTable", {"TableName": name})
                    self.sure.discard(name)
                else:
                    client.ok("CreateTable", table(name, "p:S", global_=[("g", "g:S", "ALL")]))
                    self.sure.add(name)
                    self.maybe = None
                    if client.ok("Scan", {"TableName": name})["Items"]:
                        raise Fault(f"the new table {name} is not empty")
                    for number in range(10):
                        client.ok("PutItem", {"TableName": name, "Item": {"p": {"S": str(number)}, "g": {"S": "g"}, "x": {"S": "x" * 500}}})
                self.maybe = None
                turn += 1
        except OSError:
            pass
        except Exception as problem:
            if type(problem).__module__ != "http.client" and not isinstance(getattr(problem, "reply", None), object):
                self.problem = problem

    def settle(self, names):
        for name in names:
            if name.startswith(self.prefix) and name not in self.sure and name != self.maybe:
                raise Fault(f"table {name} came back")
        for name in self.sure:
            if name not in names and name != self.maybe:
                raise Fault(f"table {name} is lost")


def items_by_name(client, parameters):
    found = {}
    for item in client.items("Scan", parameters):
        if name_of(item) in found:
            raise Fault(f"{parameters} shows {name_of(item)} twice")
        found[name_of(item)] = item
    return found


def expected_entries(items, index):
    keys, projected = INDEXES[index]
    entries = {}
    for name, item in items.items():
        if all(key in item for key in keys):
            kept = item.keys() if projected is None else {"p", "s", *keys, *projected}
            entries[name] = {attribute: value for attribute, value in item.items() if attribute in kept}
    return entries


def check_indexes(client, items):
    for index in INDEXES:
        entries = items_by_name(client, {"TableName": "crash", "IndexName": index})
        expected = expected_entries(items, index)
        for name in expected.keys() | entries.keys():
            if expected.get(name) != entries.get(name):
                raise Fault(f"index {index}, item {name}: expected {shown(expected.get(name))}, found {shown(entries.get(name))}")


def check_counts(client, items):
    description = client.ok("DescribeTable", {"TableName": "crash"})["Table"]
    counted = {"table": description["ItemCount"]}
    expected = {"table": len(items)}
    for index in description["LocalSecondaryIndexes"] + description["GlobalSecondaryIndexes"]:
        counted[index["IndexName"]] = index["ItemCount"]
        expected[index["IndexName"]] = len(expected_entries(items, index["IndexName"]))
    if counted != expected:
        raise Fault(f"counts: expected {expected}, found {counted}")


def check(client, writers, makers):
    items = items_by_name(client, {"TableName": "crash", "ConsistentRead": True})
    check_indexes(client, items)
    for writer in writers:
        writer.settle(items)
    check_counts(client, items)
    names = []
    start = {}
    while True:
        page = client.ok("ListTables", start)
        names += page["TableNames"]
        if "LastEvaluatedTableName" not in page:
            break
        start = {"ExclusiveStartTableName": page["LastEvaluatedTableName"]}
    for maker in makers:
        maker.settle(set(names))


class Run:
    def __init__(self, program, directory, seed):
        self.program = program
        self.directory = directory
        self.seed = seed
        self.random = random.Random(seed)
        self.writers = [Writer(number, seed) for number in range(WRITERS)]
        self.ends = collections.Counter()
        self.parts = [crash_streams.StreamPart("crash", lambda: self.writers, random.Random(f"{seed}/stream")),
                      crash_backfill.BackfillPart(seed), crash_ttl.TtlPart(seed)]

    def server(self):
        durability = self.random.choice(DURABILITIES)
        return Server("--data", self.directory, "--fsync", durability, *crash_ttl.FLAGS, program=self.program, start=False)

    def kill_while_starting(self):
        server = self.server()

        def kill_soon():
            time.sleep(self.random.random() * 0.05)
            server.process.kill()

        killer = threading.Thread(target=lambda: (started.wait(), kill_soon()))
        started = threading.Event()
        killer.start()
        original = server._read_banner

        def read_banner():
            started.set()
            original()

        server._read_banner = read_banner
        try:
            server.start()
        except StartFailure:
            pass
        killer.join()
        server.kill()
        self.ends["while starting"] += 1

    def first_start(self):
        server = self.server().start()
        client = server.client()
        for parameters in [TABLE, *(each for part in self.parts for each in part.tables())]:
            client.ok("CreateTable", parameters)
        for part in self.parts:
            part.prepare(client)
        client.close()
        server.kill()

    def cycle(self, number):
        if self.random.random() < 0.2:
            self.kill_while_starting()
        server = self.server().start()
        makers = [TableMaker(number)] if number % 2 else []
        threads = [*self.writers, *makers, *(thread for part in self.parts for thread in part.threads(number))]
        for thread in threads:
            thread.port = server.port
            thread.start()
        time.sleep(0.05 + self.random.random() * 0.4)
        if self.random.random() < 0.1:
            server.stop()
            self.ends["asked to stop"] += 1
        else:
            server.kill()
            self.ends["killed"] += 1
        for thread in threads:
            thread.join(60)
            if thread.problem:
                raise Fault(f"before the crash: {thread.problem}")

        with self.server().start() as server:
            client = server.client()
            check(client, self.writers, makers)
            for part in self.parts:
                part.check(client)
            for maker in makers:
                for name in client.ok("ListTables", {})["TableNames"]:
                    if name.startswith(maker.prefix):
                        client.ok("DeleteTable", {"TableName": name})
            client.close()
            if self.random.random() < 0.7:
                server.kill()
        self.writers = [writer.for_next_cycle() for writer in self.writers]

    @property
    def writes(self):
        return sum(writer.writes for writer in self.writers)


def crash(cycles, seed):
    """The product: no fault in any cycle. Returns (passed, failed)."""
    directory = tempfile.mkdtemp(prefix="dynolith-crash-")
    run = Run(binary(), directory, seed)
    began = time.monotonic()
    number = 0
    try:
        run.first_start()
        for number in range(1, cycles + 1):
            run.cycle(number)
    except Exception as fault:
        print(f"FAIL in cycle {number} of seed {seed}: {fault}\nthe data directory is left in {directory}")
        return number - 1 if number else 0, 1
    ends = ", ".join(f"{count} {how}" for how, count in run.ends.items())
    print(f"{cycles} cycles ({ends}), {run.writes} acknowledged writes, {', '.join(part.told() for part in run.parts)}, {time.monotonic() - began:.0f} s")
    shutil.rmtree(directory)
    return cycles, 0


def control(program, seed):
    """The planted fault: it must be caught, and by the comparison of an index with its table."""
    directory = tempfile.mkdtemp(prefix="dynolith-crash-control-")
    run = Run(program, directory, seed)
    run.parts = []  # Time to live keeps entries beside the items too, and might notice first.
    try:
        run.first_start()
        for number in range(1, CONTROL_CYCLES_MAX + 1):
            try:
                run.cycle(number)
            except Fault as fault:
                print(f"the planted fault was caught in cycle {number}: {fault}")
                return str(fault).startswith("index ")
        print(f"FAIL: {CONTROL_CYCLES_MAX} cycles with a planted fault and no complaint")
        return False
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def control_of_the_books(seed):
    """The comparison itself: a lost item, a stale one and one too many are each noticed."""
    item = {"p": {"S": "p0"}, "s": {"S": "0-000"}, "v": {"S": "new"}}
    stale = {**item, "v": {"S": "old"}}
    for acknowledged, found in ((item, None), (item, stale), (None, item)):
        writer = Writer(0, seed)
        writer.sure[name_of(item)] = acknowledged
        try:
            writer.settle({name_of(item): found} if found else {})
        except Fault:
            continue
        print(f"FAIL: acknowledged {acknowledged}, found {found}, and no complaint")
        return False
    writer = Writer(0, seed)
    names = ("p0", "0-000"), ("p0", "0-001")
    writer.maybe, writer.is_whole = dict.fromkeys(names, item), True
    try:
        writer.settle({names[0]: item})
    except Fault:
        return True
    print("FAIL: half a transaction and no complaint")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    passed, failed = crash(options.cycles, options.seed)
    faulty = pathlib.Path(binary()).parents[1] / "tests" / "fault" / "split_batch_server"
    parts = (crash_streams, crash_backfill, crash_ttl)
    for good in (control_of_the_books(options.seed), *(part.control() for part in parts), control(str(faulty), options.seed)):
        passed += good
        failed += not good
    return summary(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
