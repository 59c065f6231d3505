"""How every Python suite reports: failures in full, then "N passed, N failed" as the last line."""
import sys
import unittest


def summary(passed, failed):
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


def run_unittest(module="__main__"):
    """Runs the module's tests; arguments name some of them, as unittest's do."""
    program = unittest.main(module=module, exit=False, verbosity=2)
    result = program.result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    if skipped:
        print(f"{skipped} skipped")
    sys.stderr.flush()
    sys.exit(summary(result.testsRun - failed - skipped, failed))
