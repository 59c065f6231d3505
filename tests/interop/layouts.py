"""Several models in one table, as ElectroDB and DynamoDB-Toolbox lay them out: the mapper writes
and reads the same items with key patterns and an entity tag of the same name.

layouts.jsonl says what is done. Directions: the other writes, the mapper writes, both in turn; after
each step both see the items, and the tables are the same whoever wrote.
"""
import json
import pathlib

STEPS = [json.loads(line) for line in
         (pathlib.Path(__file__).parent / "layouts.jsonl").read_text().split("\n") if line]
# The table of each other mapper, its models, the members of their keys, and the times it writes.
OTHERS = {
    "electrodb": ("Shop", {"Customer": ["customerId"], "Order": ["customerId", "number"]}, []),
    "toolbox": ("Work", {"Task": ["project", "id"], "Person": ["name"]}, ["_ct", "_md"]),
}


class Layout:
    def __init__(self, other, direction, report, tools):
        self.other = other
        self.direction = direction  # The other's name, "odm", or "in turn".
        self.report = report
        self.tools = tools  # interop_test's.
        self.table, self.models, self.times = OTHERS[other]
        self.keys = {}
        self.stored = []  # After each step, without times.

    def run(self):
        with self.tools.Server("--in-memory") as server:
            with self.tools.odm_side(endpoint=server.endpoint) as odm:
                self.check(odm.ask({"op": "tables"})["class"] == "ok", None, "tables")
                with self.tools.js_side(self.other, server) as other:
                    self.sides = {self.other: other, "odm": odm}
                    for number, step in enumerate(STEPS):
                        if step["schema"] in self.models:
                            self.step(number, step)
        return self

    def check(self, holds, number, *about):
        place = "" if number is None else f"step {number + 1}:"
        self.report.verdict(holds, f"[{self.other}, written by {self.direction}]", place, *about)

    def step(self, number, step):
        if step["op"] == "query":
            return self.compare(number, step, "reads differently")
        turn = (self.other, "odm")[len(self.stored) % 2]
        writer = turn if self.direction == "in turn" else self.direction
        reply = self.sides[writer].ask(step)
        expected = step.get("expect", "ok")
        # Others know a failed condition only; and say "invalid" in ways of their own.
        allowed = {"absent": ("absent", "condition"), "invalid": ("invalid", "error")}.get(expected, (expected,))
        self.check(reply["class"] in allowed, number, writer, "answers", reply, "to", json.dumps(step))
        given = step.get("key", step.get("item"))
        key = {name: given[name] for name in self.models[step["schema"]]}
        self.keys[step["schema"], json.dumps(key)] = key
        for (schema, _), one in self.keys.items():
            self.compare(number, {"op": "get", "schema": schema, "key": one}, "sees another item")
        self.compare_dumps(number, step["schema"])

    def compare(self, number, step, words):
        replies = [side.ask(step) for side in self.sides.values()]
        texts = [sorted(repr(sorted(self.tools.canonical_item(item).items())) for item in self.plain(reply["items"]))
                 for reply in replies]
        self.check(texts[0] == texts[1] and replies[0]["class"] == replies[1]["class"] == "ok", number, words,
                   json.dumps(replies, ensure_ascii=False), json.dumps(step))
        self.check(step["op"] == "get" or bool(texts[0]), number, "reads nothing", json.dumps(step))

    @staticmethod
    def plain(items):
        """Without what the mapper shows and the other hides."""
        return [{name: value for name, value in item.items() if name != "edbVersion"} for item in items]

    def compare_dumps(self, number, schema):
        dumps = [side.ask({"op": "dump", "schema": schema})["items"] for side in self.sides.values()]
        texts = [sorted(repr(sorted(self.tools.canonical_item(item).items())) for item in dump) for dump in dumps]
        self.check(texts[0] == texts[1], number, "raw scans differ", *dumps)
        self.stored.append(sorted(
            repr(sorted((name, ("time",) if name in self.times else self.tools.canonical(value))
                        for name, value in item.items()))
            for item in dumps[1]))


def run(report, tools):
    for other in OTHERS:
        by_other = Layout(other, other, report, tools).run()
        for direction in ("odm", "in turn"):
            layout = Layout(other, direction, report, tools).run()
            for number, (ours, theirs) in enumerate(zip(layout.stored, by_other.stored)):
                layout.check(ours == theirs, number, "is stored as", ours, "by", other, "as", theirs)
