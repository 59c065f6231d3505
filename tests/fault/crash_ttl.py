"""Items whose time to live ends before, while and after the server is killed: those whose time is
over vanish, with their index entries, also if the server died on the way; those that got more time,
or lost the attribute, stay.
"""
import random
import time

from crash_support import Fault, Load, shown
from server import table

TABLE = "fading"
KEYS = 60
GONE_SECONDS_MAX = 60


FLAGS = ("--ttl-sweep-ms", "20")  # Of the server.


class TtlPart:
    def __init__(self, seed):
        self.random = random.Random(f"{seed}/ttl")
        self.sure = {}
        self.maybe = {}
        self.version = 0
        self.vanished = 0
        self.is_in_this_cycle = False

    def tables(self):
        return [table(TABLE, "p:S", global_=[("byg", "g:S", "ALL")])]

    def prepare(self, client):
        client.ok("UpdateTimeToLive", {"TableName": TABLE, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}})

    def threads(self, number):
        self.is_in_this_cycle = number % 2 == 0
        return [Load(self.write)] if self.is_in_this_cycle else []

    def some_item(self, name):
        self.version += 1
        item = {"p": {"S": name}, "v": {"N": str(self.version)}, "g": {"S": self.random.choice("abc")}}
        now = int(time.time())
        kind = self.random.choice(["over", "soon", "late", "never", "text"])
        if kind != "never":
            when = {"over": now - 10, "soon": now + 1, "late": now + 100_000, "text": now - 10}[kind]
            item["t"] = {"S" if kind == "text" else "N": str(when)}
        return item

    def write(self, client):
        while True:
            name = f"i{self.random.randrange(KEYS)}"
            kind = self.random.random()
            if kind < 0.1:
                self.maybe = {name: None}
                client.ok("DeleteItem", {"TableName": TABLE, "Key": {"p": {"S": name}}})
            else:
                item = self.some_item(name)
                self.maybe = {name: item}
                client.ok("PutItem", {"TableName": TABLE, "Item": item})
            self.sure.update(self.maybe)
            self.maybe = {}

    def told(self):
        return f"{self.vanished} items vanished in time"

    def check(self, client):
        if not self.is_in_this_cycle:
            return
        items = self.items(client)
        self.settle(items)
        end = time.monotonic() + GONE_SECONDS_MAX
        while any(is_over(item) for item in self.items(client).values()):
            if time.monotonic() > end:
                raise Fault(f"items are there {GONE_SECONDS_MAX} s after their time")
            time.sleep(0.01)
        items = self.items(client)
        self.settle(items)
        entries = {entry["p"]["S"]: entry for entry in client.items("Scan", {"TableName": TABLE, "IndexName": "byg"})
                   if not is_over(entry)}
        lasting = {name: item for name, item in items.items() if not is_over(item)}
        for name in lasting.keys() | entries.keys():
            # Its time may have come between the two scans.
            if lasting.get(name) != entries.get(name) and not is_over(lasting.get(name) or entries[name]):
                raise Fault(f"index of {TABLE}, item {name}: expected {shown(lasting.get(name))}, found {shown(entries.get(name))}")

    @staticmethod
    def items(client):
        return {item["p"]["S"]: item for item in client.items("Scan", {"TableName": TABLE, "ConsistentRead": True})}

    def settle(self, found):
        for name in set(self.sure) | set(self.maybe) | set(found):
            actual, sure = found.get(name), self.sure.get(name)
            if actual == sure:
                continue
            if actual is None and is_over(sure):
                self.vanished += 1
            elif name not in self.maybe or (actual != self.maybe[name] and not (actual is None and is_over(self.maybe[name]))):
                raise Fault(f"item {name} of {TABLE}: acknowledged {shown(sure)}, found {shown(actual)}")
            self.sure[name] = actual
        self.maybe = {}


def is_over(item):
    return bool(item) and int(item.get("t", {}).get("N", 1 << 40)) <= time.time()


def control():
    """The comparison: what vanished too early, came back, or is stale is noticed."""
    now = int(time.time())
    late, over, other = ({"p": {"S": "i"}, "t": {"N": str(when)}} for when in (now + 9000, now - 9000, now - 8000))
    for sure, found, is_fault in ((late, None, True), (None, over, True), (over, other, True), (over, None, False), (late, late, False)):
        part = TtlPart(0)
        part.sure = {"i": sure}
        try:
            part.settle({"i": found} if found else {})
            noticed = False
        except Fault:
            noticed = True
        if noticed != is_fault:
            print(f"FAIL: time to live: acknowledged {sure}, found {found}, and {'no ' * is_fault}complaint")
            return False
    return True
