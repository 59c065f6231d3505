#!/usr/bin/env python3
"""Compiles what must not compile: every file of tests/odm/misuse is one mistake, and the first error
of each compiler must name it in the words of the file's first line (or, behind a bar, in others)."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/odm/misuse"
FLAGS = ["-std=gnu++20", "-fsyntax-only", f"-I{ROOT}", "-Wall", "-Wextra", "-Werror",
         "-Wno-missing-field-initializers", "-Wno-unused-variable"]


def compilers():
    found = [name for name in ("g++", "clang++") if shutil.which(name)]
    if shutil.which("clang++-14") and "clang++" not in found:
        found.append("clang++-14")
    return found


def precompile(compiler, folder):
    """The models once, so that each mistake costs a moment. Gives the arguments to use them."""
    header = pathlib.Path(folder) / "model.h"
    header.write_text('#include "tests/odm/misuse/model.h"\n')
    kept = str(header) + (".gch" if "clang" not in compiler else ".pch")
    flags = [flag for flag in FLAGS if flag != "-fsyntax-only"]
    subprocess.run([compiler, *flags, "-x", "c++-header", str(header), "-o", kept], check=True)
    return ["-include", str(header)] if "clang" not in compiler else ["-include-pch", kept]


def first_error(output):
    match = re.search(r"^.*\berror: .*$", output, re.MULTILINE)
    return match.group(0) if match else ""


def try_one(compiler, precompiled, source):
    expected = re.match(r"// Error: (.*)\n", source.read_text()).group(1)
    done = subprocess.run([compiler, *FLAGS, *precompiled, str(source)], capture_output=True,
                          text=True, check=False)
    if done.returncode == 0:
        return f"{source.name} ({compiler}): it compiles"
    error = first_error(done.stderr)
    if not any(words in error for words in expected.split(" | ")):
        return f"{source.name} ({compiler}): the first error is\n    {error}\n  not: {expected}"
    return None


def control(compiler, precompiled, folder):
    """The models alone, and a right use beside every kind of mistake, do compile."""
    good = pathlib.Path(folder) / "control.cc"
    good.write_text('#include "tests/odm/misuse/model.h"\n'
                    "MISUSE(auto condition = f(&User::age) == 3 && f(&User::role) == Role::kAdmin;\n"
                    '       (void)users.get("acme", "1"); auto q = users.query("acme").where(condition);\n'
                    '       (void)users.update("a", "b").set(&User::age, 1).add(&User::age, 1)'
                    ".remove(&User::nickname).exec();\n"
                    '       (void)users.create(User{}, condition); (void)users.remove("a", "b");)\n')
    done = subprocess.run([compiler, *FLAGS, *precompiled, str(good)], capture_output=True,
                          text=True, check=False)
    return None if done.returncode == 0 else f"control ({compiler}):\n{done.stderr}"


def main():
    failures, total = [], 0
    sources = sorted(FOLDER.glob("*.cc"))
    with tempfile.TemporaryDirectory() as temporary, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for compiler in compilers():
            folder = pathlib.Path(temporary) / compiler
            folder.mkdir()
            precompiled = precompile(compiler, folder)
            results = [control(compiler, precompiled, folder)]
            results += pool.map(lambda source: try_one(compiler, precompiled, source), sources)
            total += len(results)
            failures += [failure for failure in results if failure]
    for failure in failures:
        print(failure)
    print(f"{total - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not total else 0


if __name__ == "__main__":
    sys.exit(main())
