#!/usr/bin/env python3
"""Checks what the compiler does not: arrows between folders, who may name which library, sizes of
files and functions, names, words, comments on headers, formatting. Run by tools/test.

    tools/tidy.py                  all checks
    tools/tidy.py --clang-tidy DIR also clang-tidy (slow), with DIR/compile_commands.json
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
FILE_LINES_MAX = 600
FILE_LINES_LISTED = 500
FUNCTION_LINES_MAX = 70

# Who may include whom, besides itself. An entry is a folder with its sub-folders not included, or
# one header. The map is drawn in the design; a new arrow is a decision, not a convenience.
STORAGE_BASICS = ["storage/error.h", "storage/result.h", "storage/limits.h", "storage/clock.h",
                  "storage/function_ref.h", "storage/database_options.h"]
STORAGE_ALL = ["storage", "storage/value", "storage/encoding", "storage/expression", "storage/kv",
               "storage/engine"]
# What any front end may see: the engine's face and its plain data, not the store beneath.
STORAGE_FACE = [part for part in STORAGE_ALL if part != "storage/kv"]
API_BASICS = ["api/limits.h", "api/wording.h", "api/operation_context.h"]
ARROWS = {
    "storage/value": STORAGE_BASICS,
    "storage/encoding": ["storage/value", *STORAGE_BASICS],
    "storage/expression": ["storage/value", "storage/encoding", *STORAGE_BASICS],
    "storage/kv": STORAGE_BASICS,
    "storage/engine": ["storage/value", "storage/encoding", "storage/expression", "storage/kv",
                       "storage/database.h", *STORAGE_BASICS],
    "storage": STORAGE_ALL,
    "api/json": [*STORAGE_FACE, *API_BASICS],
    "api/auth": [*STORAGE_BASICS, *API_BASICS],
    "api/expression": [*STORAGE_FACE, *API_BASICS],
    "api/request": ["api/json", "api/expression", "api/admission.h", *STORAGE_FACE, *API_BASICS],
    "api/legacy": ["api/request", "api/json", *STORAGE_FACE, *API_BASICS],
    "api/partiql": ["api/expression", "api/request", "api/json", *STORAGE_FACE, *API_BASICS],
    "api/operations": ["api/request", "api/legacy", "api/partiql", "api/json", "api/expression",
                       "api/admission.h", *STORAGE_FACE, *API_BASICS],
    "api/http": ["api/dispatcher.h", "api/error_reply.h", *STORAGE_BASICS, *API_BASICS],
    "api": ["api/operations", "api/auth", "api/json", *STORAGE_FACE],
    "odm": ["odm", "odm/connection", "odm/remote", "odm/dynamic", *STORAGE_FACE],
    "odm/connection": ["odm", "odm/connection", *STORAGE_FACE],
    "odm/remote": ["odm", "odm/connection", "api/json", "api/auth", *STORAGE_FACE],
    "odm/json": ["odm", "odm/connection", "api/json", *STORAGE_FACE],
    "odm/dynamic": ["odm", "odm/connection", "api/json", *STORAGE_FACE],
    "tools": ["api", "api/http", "api/operations", "api/json", "api/auth", *STORAGE_ALL],
}
# Which folders may name a library's headers; tests and benchmarks may name any.
LIBRARIES = {
    "rocksdb/": ["storage/kv"],
    "simdjson.h": ["api/json", "odm/json", "odm/remote"],
    "boost/": ["api/http"],
    "httplib.h": ["odm/remote", "tools"],
    "re2/": ["odm"],
    "CLI/": ["tools"],
    "spdlog/": ["tools"],
}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "stuff"}
# (pattern, where: top folders, why). Written apart so that this file does not contain them.
BANNED_WORDS = [
    (r"\bTO" r"DO\b", None, "unfinished work belongs in an issue"),
    (r"\bFIX" r"ME\b", None, "unfinished work belongs in an issue"),
    (r"\bstd::reg" r"ex\b", ("storage", "api", "odm", "tools"), "it recurses on input and is slow"),
    (r"#include <iost" r"ream>", ("storage", "api", "odm"), "streams have no place on hot paths"),
    (r"\busing namesp" r"ace std;", None, "say which names"),
]
SOURCE_FOLDERS = ("storage", "api", "odm", "tools", "tests")
SOURCE_SUFFIXES = {".h", ".cc", ".py", ".mjs", ".js", ".sh", ".lua"}


def tracked_files():
    """What git tracks or would; without git (a source archive), what lies there."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *SOURCE_FOLDERS],
                            cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for folder in SOURCE_FOLDERS
                 for path in (ROOT / folder).rglob("*") if "node_modules" not in path.parts]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def is_cpp(name):
    return name.endswith((".h", ".cc"))


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def rule_folder(name):
    """The folder of ARROWS that rules over a file: the longest that contains it."""
    folders = [folder for folder in ARROWS if name.startswith(folder + "/")]
    return max(folders, key=len, default=None)


def check_arrows(files):
    for name in filter(is_cpp, files):
        folder = rule_folder(name)
        if folder is None:
            continue
        for line, included in re.findall(r'^(#include "([^"]+)")', text_of(name), re.MULTILINE):
            owner = str(pathlib.PurePosixPath(included).parent)
            if owner == folder or included in ARROWS[folder] or owner in ARROWS[folder]:
                continue
            yield f"{name}: {line}: no arrow leads from {folder} to {owner}"


def check_libraries(files):
    for name in filter(is_cpp, files):
        if name.startswith("tests/"):
            continue
        for included in re.findall(r'^#include <([^>]+)>', text_of(name), re.MULTILINE):
            for library, folders in LIBRARIES.items():
                if included.startswith(library) and not name.startswith(
                        tuple(folder + "/" for folder in folders)):
                    yield f"{name}: <{included}> belongs to {', '.join(folders)} alone"


def check_file_sizes(files):
    for name in files:
        if pathlib.PurePosixPath(name).suffix not in SOURCE_SUFFIXES:
            continue
        lines = text_of(name).count("\n")
        if lines > FILE_LINES_MAX:
            yield f"{name}: {lines} lines, more than {FILE_LINES_MAX}: it holds two concepts"
        elif lines > FILE_LINES_LISTED:
            print(f"  note: {name} has {lines} lines")


def blanked(source):
    """C++ source with comments and literals blanked; line breaks stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
        re.DOTALL)
    return pattern.sub(lambda match: "\n" * match.group(0).count("\n") or " ", source)


NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$|=\s*$|\b(do|try)\s*$")


def function_lengths(source):
    """(first line, lines) of each function body; lambdas count as part of theirs."""
    text = blanked(source)
    line, start_of_head = 1, 0
    opened = []  # Of each open brace: the line if it began a function, 0 if inside one, else None.
    for at, character in enumerate(text):
        if character == "\n":
            line += 1
        elif character == ";" or character == "}" or character == "{":
            if character == "{":
                head = text[start_of_head:at]
                inside = any(mark is not None for mark in opened)
                if inside:
                    opened.append(0)
                elif ")" in head and not NOT_A_FUNCTION.search(head):
                    opened.append(line)
                else:
                    opened.append(None)
            elif character == "}" and opened:
                began = opened.pop()
                if began:
                    yield began, line - began + 1
            start_of_head = at + 1


def check_function_sizes(files):
    for name in filter(is_cpp, files):
        if name.startswith("tests/"):
            continue  # A test may hold a long table of cases.
        for began, lines in function_lengths(text_of(name)):
            if lines > FUNCTION_LINES_MAX:
                yield f"{name}:{began}: a function of {lines} lines, more than {FUNCTION_LINES_MAX}"


def check_names(files):
    for name in files:
        for part in pathlib.PurePosixPath(name).parts:
            for word in re.split(r"[^a-z]+", part.lower()):
                if word in BANNED_NAMES:
                    yield f"{name}: \"{word}\" names no concept"


def check_words(files):
    for name in files:
        if pathlib.PurePosixPath(name).suffix not in SOURCE_SUFFIXES:
            continue
        text = text_of(name)
        for pattern, folders, why in BANNED_WORDS:
            if folders and not name.startswith(tuple(folder + "/" for folder in folders)):
                continue
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{line}: \"{match.group(0)}\": {why}"


def check_header_comments(files):
    for name in files:
        if not name.endswith(".h"):
            continue
        text = text_of(name)
        if not text.startswith("// "):
            yield f"{name}: begins with no comment that says what it is for"
        if "#pragma once" not in text:
            yield f"{name}: has no #pragma once"


def check_format(files):
    program = shutil.which("clang-format")
    if program is None:
        print("  note: no clang-format here, formatting not checked")
        return
    sources = [name for name in files if is_cpp(name)]
    done = subprocess.run([program, "--dry-run", "-Werror", *sources], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    for name in sorted(set(re.findall(r"^([^:\n]+):\d+:\d+: error:", done.stderr, re.MULTILINE))):
        yield f"{name}: not as clang-format writes it"


def check_commented_out_code(files):
    """Lines of comment that end as statements do."""
    for name in filter(is_cpp, files):
        for number, line in enumerate(text_of(name).splitlines(), 1):
            if re.match(r"^\s*//\s*(if \(.*\) \{|return .*;|[a-z_:.>-]+\(.*\);|\}|#include .*)\s*$", line):
                # Examples in the comment that opens a header show such lines, indented.
                if not re.match(r"^\s*//\s{2,}", line):
                    yield f"{name}:{number}: commented-out code"


def run_clang_tidy(files, build):
    sources = [name for name in files if name.endswith(".cc") and not name.startswith("tests/")]
    done = subprocess.run(["clang-tidy", "--quiet", "-p", build, *sources], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if re.search(r": (warning|error):", line):
            yield line.replace(str(ROOT) + "/", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang-tidy", metavar="DIR")
    options = parser.parse_args()
    files = tracked_files()
    checks = {
        "arrows between folders": check_arrows,
        "libraries in their places": check_libraries,
        "sizes of files": check_file_sizes,
        "sizes of functions": check_function_sizes,
        "names": check_names,
        "words": check_words,
        "comments on headers": check_header_comments,
        "no commented-out code": check_commented_out_code,
        "formatting": check_format,
    }
    if options.clang_tidy:
        checks["clang-tidy"] = lambda files: run_clang_tidy(files, options.clang_tidy)
    passed = failed = 0
    for title, check in checks.items():
        complaints = list(check(files))
        print(f"{'FAIL' if complaints else 'ok'}: {title}")
        for complaint in complaints:
            print(f"  {complaint}")
        failed += bool(complaints)
        passed += not complaints
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
