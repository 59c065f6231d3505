#!/usr/bin/env python3
"""Runs every suite against one build and adds up what they counted. Called by tools/test.

A suite is a program whose output ends with "N passed, N failed" (Python suites), or a GoogleTest
program, or a node:test file. Outputs are kept in BUILD/test-logs and shown of what failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PYTHON = "/usr/bin/python3"  # Debian's: boto3 belongs to it.
SUITE_SECONDS_MAX = 900


def google_test(*arguments):
    def command(build, log):
        program = build / "tests" / arguments[0]
        return [str(program), "--gtest_brief=1", f"--gtest_output=json:{log}.json", *arguments[1:]]
    return command


def ctest(names):
    return lambda build, log: ["ctest", "--test-dir", str(build), "-R", names, "--output-on-failure"]


def python(*arguments):
    return lambda build, log: [PYTHON, str(ROOT / arguments[0]), *arguments[1:]]


def node(path):
    return lambda build, log: ["node", "--test", "--test-reporter=tap", str(ROOT / path)]


# In the order in which they start: the long ones first.
SUITES = {
    "storage_tests": google_test("storage_tests"),
    "crash": python("tests/fault/crash_test.py"),
    "crash_transactions": python("tests/fault/transaction_crash_test.py"),
    "power_cut": python("tests/fault/power_cut_test.py"),
    "api_tests": google_test("api_tests"),
    "odm_tests": google_test("odm_tests"),
    "orders": google_test("orders/orders_tests"),
    "odm_misuse": python("tests/odm/misuse_test.py"),
    "odm_guide": python("tests/odm/guide_test.py"),
    "tools_tests": google_test("tools_tests"),
    "cases": python("tests/cases/run.py"),
    "hostile": python("tests/hostile/hostile_test.py"),
    "mutations": python("tests/hostile/mutation_test.py"),
    "faults": python("tests/fault/fault_test.py"),
    "concurrency": python("tests/concurrency/counter_test.py"),
    "streams": python("tests/concurrency/stream_test.py"),
    "history": python("tests/history/serializability_test.py"),
    "history_checker": python("tests/history/checker_test.py"),
    "aws_cli": python("tests/clients/aws_cli_test.py"),
    "boto3": python("tests/clients/boto3_test.py"),
    "boto3_transactions": python("tests/clients/transactions_test.py"),
    "js_transactions": node("tests/clients/transactions_test.mjs"),
    "boto3_streams": python("tests/clients/boto3_streams_test.py"),
    "aws_sdk_js_streams": node("tests/clients/streams_test.mjs"),
    "aws_sdk_js": node("tests/clients/aws_sdk_test.mjs"),
    "partiql": python("tests/clients/partiql_test.py"),
    "partiql_js": node("tests/clients/partiql_test.mjs"),
    "dynamoose": node("tests/clients/dynamoose_test.mjs"),
    "electrodb": node("tests/clients/electrodb_test.mjs"),
    "dynamodb_toolbox": node("tests/clients/dynamodb_toolbox_test.mjs"),
    "interop": python("tests/interop/interop_test.py"),
    "infrastructure": python("tests/clients/infrastructure_test.py"),
    "operations": python("tests/clients/operations_test.py"),
    "settings_js": node("tests/clients/settings_test.mjs"),
    "flags": python("tests/clients/flags_test.py"),
    "tls": python("tests/clients/tls_test.py"),
    "signer": python("tests/clients/signer_test.py"),
    "embedding": ctest("^embedding"),
    "readme": python("tests/clients/readme_test.py"),
    "tidy": python("tools/tidy.py"),
}
# On another build, if there is one.
THREAD_SUITES = {
    "concurrency_thread": SUITES["concurrency"],
    "orders_thread": SUITES["orders"],
    "history_thread": SUITES["history"],
    "streams_thread": SUITES["streams"],
}


def counts(output, log):
    """(passed, failed, skipped) as the suite reported them, or None."""
    report = pathlib.Path(f"{log}.json")
    if report.exists():
        totals = json.loads(report.read_text())
        failed = totals["failures"] + totals.get("errors", 0)
        skipped = sum(test["result"] == "SKIPPED"
                      for suite in totals["testsuites"] for test in suite["testsuite"])
        return totals["tests"] - totals.get("disabled", 0) - failed - skipped, failed, skipped
    tap = dict(re.findall(r"^# (pass|fail|cancelled|skipped) (\d+)$", output, re.MULTILINE))
    if tap:
        return (int(tap["pass"]), int(tap["fail"]) + int(tap.get("cancelled", 0)),
                int(tap.get("skipped", 0)))
    ctest_line = re.search(r"^\d+% tests passed, (\d+) tests failed out of (\d+)$", output, re.MULTILINE)
    if ctest_line:
        failed, total = map(int, ctest_line.groups())
        return total - failed, failed, 0
    lines = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.MULTILINE)
    skipped = re.findall(r"^(\d+) skipped$", output, re.MULTILINE)
    return (*map(int, lines[-1]), int(skipped[-1]) if skipped else 0) if lines else None


def environment(build):
    suppressions = ROOT / "tests/support/tsan.supp"
    return {
        **os.environ,
        "DYNOLITH_BINARY": str(build / "tools" / "dynolith"),
        "DYNOLITH_BUILD": str(build),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TSAN_OPTIONS": f"suppressions={suppressions}:halt_on_error=1",
    }


def run(name, command, build, logs):
    log = logs / name
    pathlib.Path(f"{log}.json").unlink(missing_ok=True)
    started = time.monotonic()
    try:
        done = subprocess.run(command(build, log), stdout=subprocess.PIPE, cwd=ROOT,
                              stderr=subprocess.STDOUT, timeout=SUITE_SECONDS_MAX,
                              env=environment(build), check=False)
        output, status = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode(errors="replace")
        status = f"timeout of {SUITE_SECONDS_MAX} s"
    except OSError as missing:
        output, status = str(missing), "not run"
    log.with_suffix(".log").write_text(output)
    passed, failed, skipped = counts(output, log) or (0, 0, 0)
    if status != 0 and failed == 0:
        failed = 1  # It died, or did not even count.
    return name, passed, failed, skipped, status, output, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--only", help="suites, separated by commas")
    parser.add_argument("--list", action="store_true", help="print the names of the suites")
    parser.add_argument("--thread-build", type=pathlib.Path,
                        help="a build with the thread sanitizer, for the concurrency suite")
    parser.add_argument("--jobs", type=int, default=max(1, min(4, os.cpu_count() or 1)))
    options = parser.parse_args()
    if options.list:
        print("\n".join(SUITES))
        return 0

    chosen = options.only.split(",") if options.only else list(SUITES)
    unknown = [name for name in chosen if name not in SUITES]
    if unknown:
        parser.error(f"no such suite: {', '.join(unknown)}")
    build = options.build.resolve()
    logs = build / "test-logs"
    logs.mkdir(parents=True, exist_ok=True)
    passed_total = failed_total = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = [pool.submit(run, name, SUITES[name], build, logs) for name in chosen]
        if options.thread_build:
            thread_build = options.thread_build.resolve()
            running += [pool.submit(run, name, command, thread_build, logs)
                        for name, command in THREAD_SUITES.items()]
        for done in concurrent.futures.as_completed(running):
            name, passed, failed, skipped, status, output, seconds = done.result()
            passed_total += passed
            failed_total += failed
            if failed:
                print(f"--- {name} failed (status {status}); the end of its output:")
                print("\n".join("| " + line for line in output.splitlines()[-80:]))
            aside = f", {skipped} skipped (its log says why)" if skipped else ""
            print(f"{name}: {passed} passed, {failed} failed{aside} ({seconds:.1f} s)", flush=True)
    print(f"{passed_total} passed, {failed_total} failed")
    return 1 if failed_total or not passed_total else 0


if __name__ == "__main__":
    sys.exit(main())
