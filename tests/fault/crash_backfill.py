"""Indexes that are added to a table with items, and removed, while the table is written to and the
server is killed: after the restart what was begun is finished, and the index is what the table says.
"""
import random
import time

from crash_support import Fault, Load, shown
from server import table

TABLE = "filled"
ITEMS = 2500
CHANGED = 300  # Of them, by the writer.
DONE_SECONDS_MAX = 60
KINDS = {"p": "S", "g": "S", "n": "N"}
# name -> (key attributes, projected besides the keys; None: all)
INDEXES = {
    "b_all": (("g",), None),
    "b_keys": (("g", "n"), ()),
}


def new_item(number, version):
    item = {"p": {"S": f"i{number}"}, "v": {"N": str(version)}}
    chance = random.Random(f"{number}/{version}")
    if chance.random() < 0.8:
        item["g"] = {"S": chance.choice("abcdefg")}
    if chance.random() < 0.7:
        item["n"] = {"N": str(chance.randrange(100))}
    return item


def definition(name):
    keys, projected = INDEXES[name]
    kinds = dict(zip(keys, ("HASH", "RANGE")))
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in kinds.items()],
            "Projection": {"ProjectionType": "ALL" if projected is None else "KEYS_ONLY"}}


def indexes_of(client):
    description = client.ok("DescribeTable", {"TableName": TABLE})["Table"]
    return {index["IndexName"]: index for index in description.get("GlobalSecondaryIndexes", [])}


class BackfillPart:
    def __init__(self, seed):
        self.random = random.Random(f"{seed}/backfill")
        self.sure = {}
        self.maybe = {}
        self.wanted = {}  # Index -> whether it must be there; absent: either way.
        self.backfills = 0
        self.is_in_this_cycle = False
        self.is_under_way = False
        self.cut_off = 0

    def tables(self):
        return [table(TABLE, "p:S")]

    def prepare(self, client):
        for first in range(0, ITEMS, 25):
            items = [new_item(number, 0) for number in range(first, first + 25)]
            client.ok("BatchWriteItem", {"RequestItems": {TABLE: [{"PutRequest": {"Item": item}} for item in items]}})
            self.sure.update((item["p"]["S"], item) for item in items)
        self.wanted = dict.fromkeys(INDEXES, False)

    def threads(self, number):
        self.is_in_this_cycle = number % 2 == 1
        return [Load(self.change_indexes), Load(self.write)] if self.is_in_this_cycle else []

    def write(self, client):
        while True:
            number = self.random.randrange(CHANGED)
            name = f"i{number}"
            if self.random.random() < 0.2:
                self.maybe = {name: None}
                client.ok("DeleteItem", {"TableName": TABLE, "Key": {"p": {"S": name}}})
            else:
                item = new_item(number, self.random.randrange(1 << 30))
                self.maybe = {name: item}
                client.ok("PutItem", {"TableName": TABLE, "Item": item})
            self.sure.update(self.maybe)
            self.maybe = {}

    def change_indexes(self, client):
        while True:
            name = self.random.choice(list(INDEXES))
            wanted = not self.wanted.get(name, name in indexes_of(client))
            self.wanted.pop(name, None)
            self.change_index(client, name, wanted)
            self.wanted[name] = wanted  # Acknowledged: also when it is not done yet.
            self.is_under_way = True
            self.settle_indexes(client)
            self.is_under_way = False
            self.backfills += wanted

    def change_index(self, client, name, wanted):
        update = {"Create": definition(name)} if wanted else {"Delete": {"IndexName": name}}
        parameters = {"TableName": TABLE, "GlobalSecondaryIndexUpdates": [update]}
        if wanted:
            parameters["AttributeDefinitions"] = [
                {"AttributeName": key, "AttributeType": KINDS[key]} for key in ("p", *INDEXES[name][0])]
        client.ok("UpdateTable", parameters)

    def settle_indexes(self, client):
        """Until nothing is under way. The indexes."""
        end = time.monotonic() + DONE_SECONDS_MAX
        while True:
            status = client.ok("DescribeTable", {"TableName": TABLE})["Table"]["TableStatus"]
            indexes = indexes_of(client)
            if status == "ACTIVE" and all(index["IndexStatus"] == "ACTIVE" for index in indexes.values()):
                return indexes
            if time.monotonic() > end:
                raise Fault(f"a change of indexes is not done after {DONE_SECONDS_MAX} s: {shown(indexes)}")
            time.sleep(0.005)

    def told(self):
        return f"{self.backfills} indexes made, {self.cut_off} changes of indexes cut off"

    def check(self, client):
        if not self.is_in_this_cycle:
            return
        self.cut_off += self.is_under_way
        self.is_under_way = False
        indexes = self.settle_indexes(client)
        for name, wanted in self.wanted.items():
            if wanted != (name in indexes):
                raise Fault(f"index {name} of {TABLE} was {'made' if wanted else 'removed'} and is {'not ' * wanted}there")
        self.wanted = {name: name in indexes for name in INDEXES}
        items = {item["p"]["S"]: item for item in client.items("Scan", {"TableName": TABLE, "ConsistentRead": True})}
        self.settle(items)
        for name, index in indexes.items():
            check_index(client, name, index, items)

    def settle(self, found):
        for name in set(self.sure) | set(found):
            if found.get(name) == self.sure.get(name):
                continue
            if name not in self.maybe or found.get(name) != self.maybe[name]:
                raise Fault(f"item {name} of {TABLE}: acknowledged {shown(self.sure.get(name))}, found {shown(found.get(name))}")
            self.sure[name] = self.maybe[name]
        self.maybe = {}


def check_index(client, name, index, items):
    keys, projected = INDEXES[name]
    kept = {"p", *keys}
    expected = {item["p"]["S"]: {attribute: value for attribute, value in item.items() if projected is None or attribute in kept}
                for item in items.values() if all(key in item for key in keys)}
    found = {}
    for entry in client.items("Scan", {"TableName": TABLE, "IndexName": name}):
        if entry["p"]["S"] in found:
            raise Fault(f"index {name} shows {entry['p']['S']} twice")
        found[entry["p"]["S"]] = entry
    for item in expected.keys() | found.keys():
        if expected.get(item) != found.get(item):
            raise Fault(f"index {name}, item {item}: expected {shown(expected.get(item))}, found {shown(found.get(item))}")
    if index["ItemCount"] != len(expected):
        raise Fault(f"index {name} counts {index['ItemCount']} entries instead of {len(expected)}")


def control():
    """The comparison: an entry that is missing, stale, one too many or there twice is noticed."""
    class Listed:
        def __init__(self, entries):
            self.entries = entries

        def items(self, operation, parameters):
            return self.entries

    items = {name: {"p": {"S": name}, "g": {"S": "a"}, "v": {"N": "1"}} for name in ("one", "two")}
    one, two = items.values()
    check_index(Listed([one, two]), "b_all", {"ItemCount": 2}, items)
    faulty = ([one], [one, two, two], [one, {**two, "v": {"N": "0"}}], [one, two, {**two, "p": {"S": "three"}}])
    for entries in faulty:
        try:
            check_index(Listed(entries), "b_all", {"ItemCount": 2}, items)
        except Fault:
            continue
        print(f"FAIL: an index with {entries} and no complaint")
        return False
    return True
