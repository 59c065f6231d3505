#!/usr/bin/env python3
"""Runs the wire-level cases: tests/cases/<operation>/*.json against a server of its own.

A file is a list of steps, done in order on tables of its own (each file signs with another access
key, and the server isolates those). A step is one of

  {"do": "PutItem", "with": {...}, "reply": {...}}             the answer, exactly
  {"do": "PutItem", "with": {...}, "error": "NameException", "message": "..."}
  {"do": "PutItem", "with": {...}, "each": [{"with": {...}, "message": "..."}, ...]}
                       one request for each entry, whose members replace those of the step
  {"send": {"target": "...", "body": "...", "headers": {...}}, "status": 400, "raw": "..."}
                       bytes as they are; "method" and "path" may be given too. Judged by "error"
                       and "message" as well, or by "raw", the answer's whole body.
  {"about": "..."}     a remark

Of every error the whole "__type" is checked, and the name of the member that holds the message.

"reply" may be left out: then only success is asked for. In a reply "*" stands for any value, and
{"*": 3} for any three elements. "any_order": ["Items"] compares that member as a bag. "message" may
begin with "..." to be the end of the text, end with it to be the beginning, or both. "error" is
ValidationException unless named. "also": {...} are further members that an error must have.
"until": true asks again until the answer fits, for what happens in the background.
"keep": {"name": "LastEvaluatedKey"} remembers a member of the answer for {"$keep": "name"} later, or
one deeper inside: "Streams.0.StreamArn".

In "with", {"$repeat": ["x", 100]} is a long string, {"$list": [{...}, 100]} a long list,
{"$nest": ["L", 31, {...}]} a value wrapped in so many lists (or maps), {"$join": [...]} strings one
after the other, and {"$map": [[key, value], ...]} a map with made-up keys.

Tables named in fixtures.json exist when a file uses them without creating them. Folders named in
FLAGS run against a server with those flags.
"""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, table, target_of  # noqa: E402
from suite import summary  # noqa: E402

PATIENCE_S = 20
HERE = pathlib.Path(__file__).resolve().parent
FLAGS = {"item_collections": ("--item-collection-limit=2000",),
         "messages_classic": ("--wording=classic",)}

MODELLED = "com.amazonaws.dynamodb.v20120810#"
PREFIXES = {
    "ValidationException": "com.amazon.coral.validate#",
    **{name: "com.amazon.coral.service#" for name in (
        "AccessDeniedException", "IncompleteSignatureException", "InternalFailure",
        "InvalidSignatureException", "MissingAuthenticationTokenException",
        "SerializationException", "ServiceUnavailable", "UnknownOperationException",
        "UnrecognizedClientException")},
}
CAPITAL_MESSAGES = {"IdempotentParameterMismatchException", "SerializationException",
                    "TransactionCanceledException", "TransactionInProgressException"}


class Mismatch(Exception):
    pass


def expanded(value, kept):
    """`value` with the $-forms carried out."""
    if isinstance(value, list):
        return [expanded(element, kept) for element in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (form, given), = value.items()
        if form == "$repeat":
            return given[0] * given[1]
        if form == "$list":
            return [numbered(expanded(given[0], kept), i) for i in range(given[1])]
        if form == "$nest":
            kind, levels, leaf = given
            wrapped = expanded(leaf, kept)
            for _ in range(levels):
                wrapped = {"L": [wrapped]} if kind == "L" else {"M": {"m": wrapped}}
            return wrapped
        if form == "$map":
            return {expanded(key, kept): expanded(element, kept) for key, element in given}
        if form == "$join":
            return "".join(expanded(element, kept) for element in given)
        if form == "$keep":
            return kept[given]
    return {key: expanded(element, kept) for key, element in value.items()}


def numbered(value, i):
    """A copy of a list's element with "#" in its strings replaced by its number."""
    return json.loads(json.dumps(value).replace("#", str(i)))


def compare(path, expected, actual, any_order):
    if expected == "*":
        return
    if isinstance(expected, dict) and list(expected) == ["*"]:
        if not isinstance(actual, (list, dict)) or len(actual) != expected["*"]:
            raise Mismatch(f"{path}: expected {expected['*']} elements, got {shown(actual)}")
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            if key not in actual:
                raise Mismatch(f"{path}.{key} is missing; got {shown(actual)}")
            compare(f"{path}.{key}", expected[key], actual[key], any_order)
        for key in actual:
            if key not in expected:
                raise Mismatch(f"{path}.{key} is unexpected: {shown(actual[key])}")
    elif isinstance(expected, list) and isinstance(actual, list):
        name = path.rpartition(".")[2]
        if name in any_order or name in ("SS", "NS", "BS"):  # Sets have no order.
            expected = sorted(expected, key=json.dumps)
            actual = sorted(actual, key=json.dumps)
        if len(expected) != len(actual):
            raise Mismatch(f"{path}: expected {len(expected)} elements, got {shown(actual)}")
        for i, (left, right) in enumerate(zip(expected, actual)):
            compare(f"{path}[{i}]", left, right, any_order)
    elif type(expected) is not type(actual) and not (
            is_number(expected) and is_number(actual)) or expected != actual:
        raise Mismatch(f"{path}: expected {shown(expected)}, got {shown(actual)}")


def member_of(body, path):
    """What a dotted path leads to; list elements go by number."""
    value = body
    for step in path.split("."):
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise Mismatch(f"no {path} to keep in {shown(body)}") from None
    return value


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 600 else text[:600] + "..."


def fits(pattern, text):
    text = text or ""
    if pattern.startswith("...") and pattern.endswith("...") and len(pattern) > 6:
        return pattern[3:-3] in text
    if pattern.startswith("..."):
        return text.endswith(pattern[3:])
    if pattern.endswith("..."):
        return text.startswith(pattern[:-3])
    return text == pattern


class CaseFile:
    def __init__(self, path, client):
        self.path = path
        self.client = client
        self.kept = {}
        self.passed = 0
        self.failures = []

    def run(self, steps):
        self.create_fixtures(steps)
        for number, step in enumerate(steps, 1):
            if "do" not in step and "send" not in step:
                continue
            for label, single in self.singles(step):
                where = f"{self.path.parent.name}/{self.path.name} step {number}{label}"
                try:
                    self.take_until_it_fits(single)
                    self.passed += 1
                except Mismatch as mismatch:
                    self.failures.append(f"{where} ({single.get('do', 'raw')}): {mismatch}")

    @staticmethod
    def singles(step):
        if "each" not in step:
            yield "", step
            return
        base = {key: value for key, value in step.items() if key != "each"}
        for number, entry in enumerate(step["each"], 1):
            single = {**base, **entry}
            if "send" in step:
                single["send"] = {**base["send"], **entry.get("send", {})}
                yield f" entry {number}", single
                continue
            single["with"] = {**base.get("with", {}), **entry.get("with", {})}
            # A member is taken away by null, as null counts as absent on the wire too.
            single["with"] = {key: value for key, value in single["with"].items()
                              if value is not None}
            yield f" entry {number}", single

    def take_until_it_fits(self, step):
        deadline = time.monotonic() + (PATIENCE_S if step.get("until") else 0)
        while True:
            try:
                return self.take(step)
            except Mismatch:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.01)

    def take(self, step):
        reply = self.request(step)
        if "raw" in step:
            if reply.status != step.get("status", 200) or reply.raw.decode() != step["raw"]:
                raise Mismatch(f"expected {step['raw']!r}, got {reply.status} {reply.raw!r}")
            return
        try:
            body = reply.body
        except ValueError:
            raise Mismatch(f"not JSON: {reply.status} {reply.raw[:200]!r}") from None
        if "error" in step or "message" in step:
            self.expect_error(step, reply)
            return
        if reply.status != 200:
            raise Mismatch(f"refused: {reply.error}: {reply.message}")
        if "reply" in step:
            compare("reply", expanded(step["reply"], self.kept), body, step.get("any_order", ()))
        for name, path in step.get("keep", {}).items():
            self.kept[name] = member_of(body, path)

    def request(self, step):
        if "send" in step:
            raw = step["send"]
            return self.client.raw(
                expanded(raw.get("target", ""), {}), expanded(raw.get("body", ""), {}).encode(),
                raw.get("method", "POST"), raw.get("path", "/"), raw.get("headers", {}))
        body = json.dumps(expanded(step.get("with", {}), self.kept)).encode()
        return self.client.send(target_of(step["do"]), body)

    @staticmethod
    def expect_error(step, reply):
        wanted = step.get("error", "ValidationException")
        if reply.status == 200:
            raise Mismatch(f"expected {wanted}: {step.get('message')}; got {shown(reply.body)}")
        if reply.error != wanted or reply.status != step.get("status", 400):
            raise Mismatch(f"expected {wanted}, got {reply.status} {reply.error}: {reply.message}")
        if "message" in step and not fits(step["message"], reply.message):
            raise Mismatch(f"message\n    expected: {step['message']}\n    got:      {reply.message}")
        prefix = PREFIXES.get(wanted, MODELLED)
        if reply.body["__type"] != prefix + wanted:
            raise Mismatch(f"expected the type {prefix}{wanted}, got {reply.body['__type']}")
        other_key = "message" if wanted in CAPITAL_MESSAGES else "Message"
        if other_key in reply.body:
            raise Mismatch(f"the message stands in {other_key}")
        for key, value in step.get("also", {}).items():
            compare(key, value, reply.body.get(key), ())

    def create_fixtures(self, steps):
        created = {step["with"]["TableName"] for step in steps
                   if step.get("do") == "CreateTable" and "TableName" in step.get("with", {})}
        text = json.dumps(steps)
        for name, short in json.loads((HERE / "fixtures.json").read_text()).items():
            if name in created or f'"{name}"' not in text:
                continue
            if isinstance(short, str):
                short = {"key": short}
            self.client.ok("CreateTable", table(
                name, short["key"],
                local=[(index, *what) for index, what in short.get("local", {}).items()],
                global_=[(index, *what) for index, what in short.get("global", {}).items()]))


def run_files(paths, flags):
    """(passed, failures) of the files, against one server."""
    passed = 0
    failures = []
    with Server("--in-memory", "--isolate", *flags) as server:
        for number, path in enumerate(paths):
            client = server.client(access_key=f"CASE{number:04}")
            file = CaseFile(path, client)
            try:
                file.run(json.loads(path.read_text()))
            except Exception as problem:  # A broken file or a dead server fails the file.
                file.failures.append(f"{path.parent.name}/{path.name}: {problem!r}")
            client.close()
            passed += file.passed
            failures += file.failures
            if not server.is_up():
                failures.append(f"the server died; {server.standard_error()[-2000:]}")
                break
    return passed, failures


def main():
    wanted = sys.argv[1:]
    paths = sorted(HERE.glob("*/*.json"))
    if wanted:
        paths = [path for path in paths
                 if any(word in f"{path.parent.name}/{path.name}" for word in wanted)]
    passed = 0
    failures = []
    for flags in sorted({FLAGS.get(path.parent.name, ()) for path in paths}):
        files = [path for path in paths if FLAGS.get(path.parent.name, ()) == flags]
        more_passed, more_failures = run_files(files, flags)
        passed += more_passed
        failures += more_failures
    for failure in failures:
        print(f"FAIL {failure}")
    return summary(passed, len(failures))


if __name__ == "__main__":
    sys.exit(main())
