#!/usr/bin/python3
"""The mapper beside Dynamoose, ElectroDB and DynamoDB-Toolbox, on one server.

steps.jsonl says what is done, schemas.json with which schemas; one program for each mapper carries
the steps out (odm_side.cc, *_side.mjs). Directions, each on a fresh server:

  dynamoose   Dynamoose writes, both read
  odm         the mapper writes through dynamic schemas, both read
  typed       as odm, through structs (six schemas)
  in turn     they write alternately

After each step: its outcome, what is stored (raw scans by both), the items as each of them sees
them, and what is stored against what Dynamoose stored in its direction. After a direction the
mapper reads the data directory in process. Steps marked "known" differ: by a number of the list
of what Dynamoose does otherwise than documented, or than it should. A difference without a mark is
a failure, and so is a mark without a difference.
"""
import datetime
import decimal
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "interop"
sys.path.insert(0, str(ROOT))
from tests.support.server import Server  # noqa: E402
from tests.support.suite import summary  # noqa: E402
from tests.interop import layouts  # noqa: E402

SCHEMAS = HERE / "schemas.json"
GIVEN = json.loads(SCHEMAS.read_text())
STEPS = [json.loads(line) for line in (HERE / "steps.jsonl").read_text().split("\n") if line]
READS = ("get", "batchGet", "query", "scan")
TYPED = ("Plain", "Ranged", "Dates", "Stamped", "Nested", "Sets")
DAY_MS = 86_400_000


def odm_program():
    build = os.environ.get("DYNOLITH_BUILD")
    found = ([pathlib.Path(build) / "tests/interop/odm_side"] if build else
             sorted(ROOT.glob("build/*/tests/interop/odm_side"), key=lambda path: path.stat().st_mtime))
    if not found:
        raise SystemExit("No odm_side program in build/: run tools/test, or set DYNOLITH_BUILD")
    return str(found[-1])


class Side:
    """A program that carries out steps."""

    def __init__(self, name, *command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, step):
        self.process.stdin.write(json.dumps(step) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self.process.wait()} at {step}")
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()


def odm_side(**place):
    arguments = [f"--{name}" if index == 0 else value for name, value in place.items() for index in (0, 1)]
    return Side("odm", odm_program(), "--schemas", str(SCHEMAS), *arguments)


def js_side(name, server):
    return Side(name, "node", str(HERE / f"{name}_side.mjs"), str(SCHEMAS), server.endpoint)


class Report:
    def __init__(self):
        self.passed = self.failed = 0
        self.known = {}

    def verdict(self, holds, *about):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print("FAIL:", *about, flush=True)


# --- Values.

def canonical(value):
    """Equal for equal values: numbers by value, sets without order."""
    (tag, inside), = value.items()
    if tag == "N":
        return tag, decimal.Decimal(inside).normalize(decimal.Context(prec=50)) + 0
    if tag == "L":
        return tag, [canonical(one) for one in inside]
    if tag == "M":
        return tag, canonical_item(inside)
    if tag == "NS":
        return tag, sorted(decimal.Decimal(one).normalize() for one in inside)
    if tag in ("SS", "BS"):
        return tag, sorted(inside)
    return tag, inside


def canonical_item(item):
    return {name: canonical(value) for name, value in item.items()}


def key_text(item):
    return json.dumps(item, sort_keys=True, ensure_ascii=False)


def moment_ms(value):
    (tag, inside), = value.items()
    if tag == "S":
        return datetime.datetime.fromisoformat(inside.replace("Z", "+00:00")).timestamp() * 1000
    number = float(inside)
    return number if number > 1e11 else number * 1000


def comparable(item, schema):
    """A stored item, without what differs from run to run: times of the writing itself."""
    if item is None:
        return None
    now = datetime.datetime.now().timestamp() * 1000
    times = GIVEN["times"].get(schema, [])
    return canonical_item({
        name: {"S": "now"} if name in times and abs(moment_ms(value) - now) < 2 * DAY_MS else value
        for name, value in item.items()})


# --- Keys of the items that a step is about.

def key_names(schema):
    """[[names of the partition key, the stored one first], [of the sort key]]."""
    attributes = next(one for one in GIVEN["dynamoose"] if one["name"] == schema)["attributes"]
    names = []
    for role in ("hashKey", "rangeKey"):
        for name, given in attributes.items():
            if isinstance(given, dict) and given.get(role):
                other = given.get("alias", [])
                names.append([name, *([other] if isinstance(other, str) else other)])
    return names


def keys_of(step):
    """(schema, key) for each item that the step may change or shows."""
    if step["op"] == "transaction":
        return [key for part in step["steps"] for key in keys_of(part)]
    names = key_names(step["schema"])
    items = [step[name] for name in ("item", "key") if name in step and "index" not in step]
    items += step.get("items", []) + step.get("keys", [])
    keys = []
    for item in items:
        found = [next(((all_names[0], item[name]) for name in all_names if name in item), None) for all_names in names]
        if None not in found and all(next(iter(value)) in ("S", "N", "B", "DATE") for _, value in found):
            keys.append((step["schema"], dict(found)))
    return keys


def stored_item(items, key):
    """That one of a dump; the key's times are matched by being in the key."""
    for item in items:
        if all(name in item and ("DATE" in value or canonical(item[name]) == canonical(value))
               for name, value in key.items()):
            if all("DATE" not in value or abs(moment_ms(item[name]) - value["DATE"]) < 1000
                   for name, value in key.items()):
                return item
    return None


# --- A direction.

class Direction:
    def __init__(self, name, report, writer_of, dynamoose_stored):
        self.name = name
        self.report = report
        self.writer_of = writer_of  # (step's number, step) -> (side's name, "typed" or not)
        self.dynamoose_stored = dynamoose_stored
        self.stored = {}  # (step's number, schema, key) -> item
        self.apart = set()  # Items that a known difference has changed.
        self.dumps = {}
        self.keys = {}

    def run(self):
        with tempfile.TemporaryDirectory() as directory:
            with Server("--data", directory) as server:
                with js_side("dynamoose", server) as js, odm_side(endpoint=server.endpoint) as odm:
                    self.sides = {"dynamoose": js, "odm": odm}
                    first = "odm" if self.name in ("odm", "typed") else "dynamoose"
                    made = self.sides[first].ask({"op": "tables"})
                    self.check(made["class"] == "ok", None, "tables", made)
                    again = self.sides["dynamoose" if first == "odm" else "odm"].ask({"op": "tables"})
                    self.check(again["class"] == "ok", None, "tables again", again)
                    self.tables = server.client()
                    self.descriptions = {one["name"]: self.describe(one["name"]) for one in GIVEN["dynamoose"]}
                    for number, step in enumerate(STEPS):
                        self.step(number, step)
                    self.last_seen = {key: odm.ask({"op": "get", "schema": schema, "key": given})
                                      for key, (schema, given) in self.keys.items()}
            with odm_side(directory=directory) as embedded:
                self.read_in_process(embedded)

    def describe(self, table):
        described = self.tables.ok("DescribeTable", {"TableName": table})["Table"]
        indexes = described.get("GlobalSecondaryIndexes", []) + described.get("LocalSecondaryIndexes", [])
        return {
            "key": described["KeySchema"],
            "types": sorted(described["AttributeDefinitions"], key=lambda one: one["AttributeName"]),
            "indexes": sorted(([one["IndexName"], one["KeySchema"], one["Projection"]] for one in indexes),
                              key=lambda one: one[0]),
            "ttl": self.tables.ok("DescribeTimeToLive", {"TableName": table})["TimeToLiveDescription"],
        }

    def check(self, holds, number, *about):
        self.report.verdict(holds, f"[{self.name}]", "" if number is None else f"step {number + 1}:", *about)

    def is_known(self, step, what):
        return what in step.get("differs", [])

    def note_known(self, step):
        self.report.known[step["known"]] = self.report.known.get(step["known"], 0) + 1

    def step(self, number, step):
        chosen = self.writer_of(number, step)
        if chosen is None:
            return
        writer, typed = chosen
        if step["op"] in READS:
            return self.read_step(number, step)
        performer = "odm" if step.get("by") == "odm" else writer
        if step.get("other"):
            performer = "dynamoose" if performer == "odm" else "odm"
        asked = {**step, "typed": True} if typed and performer == "odm" and step["op"] in ("create", "put", "save", "delete") else step
        reply = self.sides[performer].ask(asked)
        expected = step.get("expect", "ok")
        if performer == "odm":
            expected = step.get("struct" if "struct" in step and typed else "odm", expected)
        self.check(reply["class"] == expected, number, performer, step["op"], step["schema"], "answers", reply["class"],
                   "not", expected, reply["message"], key_text(step))
        for schema in {part["schema"] for part in step.get("steps", [step])}:
            self.compare_dumps(number, schema)
        for schema, key in keys_of(step):
            self.keys[schema, key_text(key)] = (schema, key)
            self.compare_seen(number, step, schema, key)
            self.compare_stored(number, step, schema, key)

    def compare_dumps(self, number, schema):
        dumps = [self.sides[name].ask({"op": "dump", "schema": schema}) for name in ("dynamoose", "odm")]
        texts = [sorted(repr(sorted(canonical_item(item).items())) for item in dump["items"]) for dump in dumps]
        self.check(texts[0] == texts[1] and dumps[0]["class"] == dumps[1]["class"] == "ok", number, schema,
                   "raw scans differ", *dumps)
        self.dumps[schema] = dumps[1]["items"]

    def compare_seen(self, number, step, schema, key):
        asked = {"op": "get", "schema": schema, "key": key}
        seen = {name: side.ask(asked) for name, side in self.sides.items()}
        if self.is_known(step, "seen") and stored_item(self.dumps[schema], key) is not None:
            self.note_known(step)
            self.check(seen["dynamoose"]["class"] == step.get("expect_seen", "ok") and
                       seen["odm"]["class"] == step.get("odm_sees", "ok") and
                       self.texts(seen["odm"]["items"]) != self.texts(seen["dynamoose"]["items"]),
                       number, "is not seen as marked", step["known"], key_text(seen))
            return
        if self.is_known(step, "seen?"):
            return  # By what each makes of its own items: it depends on the writer.
        if all(one["class"] in ("refused", "invalid", "error") for one in seen.values()):
            return  # Neither finds the key fit to be one.
        self.check(seen["odm"]["class"] == seen["dynamoose"]["class"] and
                   self.texts(seen["odm"]["items"]) == self.texts(seen["dynamoose"]["items"]),
                   number, schema, "is seen differently:", json.dumps(seen, ensure_ascii=False))

    @staticmethod
    def texts(items):
        return [repr(sorted(canonical_item(item).items())) for item in items]

    def compare_stored(self, number, step, schema, key):
        item = stored_item(self.dumps.get(schema, []), key)
        place = number, schema, key_text(key)
        self.stored[place] = item
        if self.dynamoose_stored is None or step.get("by") == "odm":
            return
        other = self.dynamoose_stored.get(place)
        same = comparable(item, schema) == comparable(other, schema)
        if self.is_known(step, "stored"):
            self.note_known(step)
            self.apart.add(place[1:])
            self.check(not same, number, "is stored as Dynamoose stores it, though it is marked", step["known"], key_text(step))
        elif place[1:] not in self.apart:
            self.check(same, number, schema, "is stored differently by Dynamoose:", key_text(other), "by the mapper:",
                       key_text(item), "step:", key_text(step))

    def read_step(self, number, step):
        replies = {name: side.ask(step) for name, side in self.sides.items()}
        expected = {"dynamoose": step.get("expect", "ok"), "odm": step.get("odm", step.get("expect", "ok"))}
        about = number, step["op"], step["schema"]
        for name, reply in replies.items():
            self.check(reply["class"] == expected[name], *about, name, "answers", reply["class"], "not", expected[name],
                       reply["message"], key_text(step))
        texts = [self.texts(reply["items"]) for reply in replies.values()]
        if step.get("unordered"):
            texts = [sorted(one) for one in texts]
        if expected["dynamoose"] == expected["odm"]:
            self.check(texts[0] == texts[1], *about, "reads differently:", key_text(replies), key_text(step))
        else:
            self.note_known(step)

    def read_in_process(self, embedded):
        for schema, items in self.dumps.items():
            dump = embedded.ask({"op": "dump", "schema": schema})
            self.check(sorted(self.texts(dump["items"])) == sorted(self.texts(items)), None, schema,
                       "is another in process", dump)
        for (schema, _), (_, key) in self.keys.items():
            seen = embedded.ask({"op": "get", "schema": schema, "key": key})
            last = self.last_seen[schema, key_text(key)]
            self.check(seen["class"] == last["class"] and seen["items"] == last["items"], None, schema, "is seen differently in process", seen)


def one_writer(name, typed=False):
    def chosen(_, step):
        if typed and (step["schema"] not in TYPED or step["op"] == "transaction"):
            return None
        return name, typed
    return chosen


def in_turn():
    """The sides take turns on each item."""
    turns = {}

    def chosen(_, step):
        if step["op"] in READS:
            return "dynamoose", False
        place = key_text(keys_of(step)[:1])
        turns[place] = turns.get(place, 0) + 1
        return ("dynamoose", "odm")[turns[place] % 2], False
    return chosen


def main():
    report = Report()
    first = Direction("dynamoose", report, one_writer("dynamoose"), None)
    first.run()
    others = [Direction("odm", report, one_writer("odm"), first.stored),
              Direction("typed", report, one_writer("odm", typed=True), first.stored),
              Direction("in turn", report, in_turn(), None)]
    for direction in others:
        direction.run()
        for table, description in direction.descriptions.items():
            direction.check(description == first.descriptions[table], None, table, "is another table:",
                            first.descriptions[table], description)
    layouts.run(report, sys.modules[__name__])
    for number, times in sorted(report.known.items()):
        print(f"known {number}: {times} times")
    sys.exit(summary(report.passed, report.failed))


if __name__ == "__main__":
    main()
