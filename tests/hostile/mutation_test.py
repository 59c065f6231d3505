#!/usr/bin/env python3
"""No request, however malformed, is answered with a 5xx or ends the server.

Takes the requests of tests/cases and puts something else in the place of each of their members, one
at a time: every JSON type, nothing, too much. Places that mean the same to an operation are tried
once. Also sends the bodies cut short.
"""
import copy
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))
sys.path.insert(0, str(TESTS / "cases"))
import run as cases  # noqa: E402
from server import Server, target_of  # noqa: E402
from suite import summary  # noqa: E402

DEEP = {"L": [{"L": [{"M": {"x": {"L": []}}}]}]}
INSTEAD = [None, True, 0, -1, 1.5, 10**30, "", "x", "\u0000", "a" * 70000, [], ["x"], [None], [[]],
           {}, {"x": None}, {"S": "x"}, {"N": "1e400"}, {"S": "x", "N": "1"}, DEEP, [DEEP] * 200,
           {"x": {"x": {"x": "x"}}}, ":x", "#x", "arn:aws:dynamodb:::table/", "((((((((((x"]
CUTS = (1, 0.25, 0.5, 0.9)  # Of a body's length; 1: all but the last byte.


def requests():
    """(operation, parameters) of all cases, those that need earlier answers left out."""
    for path in sorted((TESTS / "cases").glob("*/*.json")):
        for step in json.loads(path.read_text()):
            if "do" not in step:
                continue
            for _, single in cases.CaseFile.singles(step):
                if "$keep" not in json.dumps(single.get("with", {})):
                    yield single["do"], cases.expanded(single.get("with", {}), {})


def places(value, path=()):
    """The paths of all members and elements, with what they mean: keys of attributes, tables and
    placeholders mean the same."""
    if isinstance(value, dict):
        for key in value:
            yield path + (key,)
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for i in range(min(len(value), 2)):
            yield path + (i,)
            yield from places(value[i], path + (i,))


def meaning(path):
    return tuple(key if isinstance(key, str) and key[:1].isupper() else "*" for key in path)


def with_instead(parameters, path, value):
    changed = copy.deepcopy(parameters)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def mutations():
    tried = set()
    for operation, parameters in requests():
        if len(json.dumps(parameters)) > 20000:
            continue
        for path in places(parameters):
            if len(path) > 12 or (operation, meaning(path)) in tried:
                continue
            tried.add((operation, meaning(path)))
            for value in INSTEAD:
                yield operation, json.dumps(with_instead(parameters, path, value))
    for operation in sorted({operation for operation, _ in tried}):
        for value in INSTEAD:
            yield operation, json.dumps(value)


def cut_bodies():
    seen = set()
    for operation, parameters in requests():
        body = json.dumps(parameters)
        if operation in seen or len(body) < 40:
            continue
        seen.add(operation)
        for part in CUTS:
            yield operation, body[:-1] if part == 1 else body[:int(len(body) * part)]


def main():
    passed = 0
    failures = []
    with Server("--in-memory") as server:
        client = server.client()
        fixtures = json.loads((TESTS / "cases" / "fixtures.json").read_text())
        cases.CaseFile(pathlib.Path("x"), client).create_fixtures([{"names": list(fixtures)}])
        for operation, body in [*mutations(), *cut_bodies()]:
            try:
                reply = client.send(target_of(operation), body.encode())
                # Tagging answers nothing at all.
                empty = reply.status == 200 and not reply.raw
                answered = reply.status < 500 and (empty or isinstance(reply.body, dict))
            except (OSError, ValueError) as problem:
                reply, answered = problem, False
            if answered:
                passed += 1
            else:
                failures.append(f"{operation} {body[:300]}: {getattr(reply, 'raw', reply)!r}")
            if not server.is_up():
                failures.append("the server died: " + server.standard_error()[-2000:])
                break
        client.close()
    for failure in failures[:20]:
        print(f"FAIL {failure}")
    return summary(passed, len(failures))


if __name__ == "__main__":
    sys.exit(main())
