#!/usr/bin/env python3
"""Holds the mapper's documentation against the tests it quotes.

    tests/odm/guide_test.py [--write]

A C++ block in odm/*.md stands below a line <!-- FILE: NAME --> and is the part of tests/odm/guide/FILE
between "// [NAME]" and "// [/NAME]", without their indentation. --write puts it there. Every C++
block must quote a test, every part must be quoted, and every file must be in the test program. odm/FEATURES.md must name tests and suites that there are.
"""
import argparse
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "tests/odm/guide"
BLOCK = re.compile(r"(?:<!-- (?P<file>[\w.]+): (?P<name>[\w-]+) -->\n)?```cpp\n(?P<code>.*?)```\n",
                   re.DOTALL)
PART = re.compile(r"^ *// \[(?P<name>[\w-]+)\]\n(?P<code>.*?)^ *// \[/(?P=name)\]\n",
                  re.DOTALL | re.MULTILINE)
OTHER_EVIDENCE = {"tools/bench --odm", "Remote/ConnectionConformance"}


def parts():
    found = {}
    for source in sorted(GUIDE.glob("*.cc")) + sorted(GUIDE.glob("*.h")):
        for match in PART.finditer(source.read_text()):
            found[source.name, match["name"]] = textwrap.dedent(match["code"])
    return found


def unknown_tests():
    """Names in the table of features that are neither a test nor a suite."""
    tests = set()
    for source in sorted((ROOT / "tests/odm").rglob("*.cc")):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", source.read_text(), re.MULTILINE):
            tests.add(f"{suite}.{name}")
    suites = set(re.findall(r'^    "(\w+)": ', (ROOT / "tests/run.py").read_text(), re.MULTILINE))
    table = (ROOT / "odm/FEATURES.md").read_text()
    for row in re.findall(r"^\| .* \| (?:Y|p) \| (.*?) \| .*\|$", table, re.MULTILINE):
        named = re.findall(r"`([^`]+)`", row)
        if not named:
            yield f"FEATURES.md: no test in: {row}"
        for name in named:
            if name not in tests | suites and name not in OTHER_EVIDENCE:
                yield f"FEATURES.md: there is no {name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    known, quoted, passed, failures = parts(), set(), 0, []

    def look(page, match):
        nonlocal passed
        where = f"{page.name}: {match['file']}: {match['name']}"
        if not match["file"]:
            failures.append(f"{page.name}: this block quotes no test:\n{match['code']}")
            return match.group(0)
        key = match["file"], match["name"]
        quoted.add(key)
        if key not in known:
            failures.append(f"{where}: there is no such part")
            return match.group(0)
        if match["code"] == known[key]:
            passed += 1
        elif not options.write:
            failures.append(f"{where}: differs from the test; {sys.argv[0]} --write mends it")
        return f"<!-- {key[0]}: {key[1]} -->\n```cpp\n{known[key]}```\n"

    for page in sorted((ROOT / "odm").rglob("*.md")):
        text = page.read_text()
        renewed = BLOCK.sub(lambda match, page=page: look(page, match), text)
        if options.write and renewed != text:
            page.write_text(renewed)
    listed = (GUIDE / "CMakeLists.txt").read_text()
    for file, name in sorted(set(known) - quoted):
        failures.append(f"tests/odm/guide/{file}: the part {name} is quoted nowhere")
    for source in GUIDE.glob("*.cc"):
        if source.name not in listed:
            failures.append(f"tests/odm/guide/{source.name} is not compiled")
    failures.extend(unknown_tests())
    for failure in failures:
        print(failure)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
