#!/usr/bin/env python3
"""The checker finds each planted anomaly, by its name, and none in histories that have none."""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from checker import FAILED, OK, UNKNOWN, Transaction, check  # noqa: E402
from suite import run_unittest  # noqa: E402


def transaction(text, status=OK, begin=None, end=None):
    """"x+1 y:1,2 z:" appends 1 to x, reads y as [1, 2] and z as []."""
    operations = []
    for word in text.split():
        key, sign, rest = word[0], word[1], word[2:]
        if sign == "+":
            operations.append(("append", key, int(rest)))
        else:
            operations.append(("read", key, [int(value) for value in rest.split(",") if value]))
    return Transaction(operations, status, begin, end)


def names(*history):
    return sorted({anomaly.name for anomaly in check(list(history))})


def serial_history(seed, transactions=200, keys="xyz"):
    """What a database that does one at a time answers, in the order in which it was done."""
    choice = random.Random(seed)
    lists = {key: [] for key in keys}
    history = []
    for moment in range(transactions):
        operations = []
        for key in choice.sample(keys, choice.randint(1, len(keys))):
            if choice.random() < 0.5:
                lists[key].append(moment)
                operations.append(("append", key, moment))
            else:
                operations.append(("read", key, list(lists[key])))
        history.append(Transaction(operations, OK, moment, moment + 0.5))
    return history


class CheckerTest(unittest.TestCase):
    def test_serial_histories_are_fine(self):
        for seed in range(20):
            history = serial_history(seed)
            self.assertEqual(check(history), [])
            random.Random(seed).shuffle(history)  # The order of the list says nothing.
            self.assertEqual(check(history), [])

    def test_overlapping_transactions_may_come_in_any_order(self):
        self.assertEqual(names(transaction("x+1", begin=0, end=9), transaction("x+2", begin=1, end=8),
                               transaction("x:2,1", begin=10, end=11)), [])

    def test_g0(self):
        self.assertEqual(names(transaction("x+1 y+1"), transaction("x+2 y+2"),
                               transaction("x:1,2"), transaction("y:2,1")), ["G0"])

    def test_g1a(self):
        self.assertEqual(names(transaction("x+1", FAILED), transaction("x:1")), ["G1a"])
        self.assertEqual(names(transaction("x+1", UNKNOWN), transaction("x:1")), [])
        self.assertEqual(names(transaction("x+1", FAILED), transaction("x:")), [])

    def test_g1b(self):
        self.assertIn("G1b", names(transaction("x+1 x+2"), transaction("x:1"), transaction("x:1,2")))

    def test_g1c(self):
        self.assertEqual(names(transaction("x+1 y:1"), transaction("y+1 x:1")), ["G1c"])

    def test_g_single(self):
        # Half of another's writes.
        self.assertEqual(names(transaction("x+1 y+1"), transaction("x:1 y:"), transaction("y:1")), ["G-single"])
        # A lost update.
        self.assertEqual(names(transaction("x: x+1"), transaction("x: x+2"), transaction("x:1,2")), ["G-single"])

    def test_g2(self):
        # Write skew: each read what the other was about to write.
        self.assertEqual(names(transaction("x: y+1"), transaction("y: x+1"), transaction("x:1 y:1")), ["G2"])
        # Two readers that saw two writes in different orders.
        self.assertEqual(names(transaction("x+1"), transaction("y+1"), transaction("x:1 y:"),
                               transaction("x: y:1")), ["G2"])

    def test_appends_that_nobody_read(self):
        self.assertEqual(names(transaction("x: y+1"), transaction("y: x+1")), ["G2"])

    def test_real_time(self):
        stale = (transaction("x+1", begin=0, end=1), transaction("x:", begin=2, end=3), transaction("x:1", begin=4, end=5))
        self.assertEqual(names(*stale), ["G-single-realtime"])
        backwards = (transaction("x+1", begin=0, end=1), transaction("x+2", begin=2, end=3), transaction("x:2,1", begin=4, end=5))
        self.assertEqual(names(*backwards), ["G0-realtime"])
        early = (transaction("x:1", begin=0, end=1), transaction("x+1", begin=2, end=3))
        self.assertEqual(names(*early), ["G1c-realtime"])

    def test_reads_that_do_not_fit_together(self):
        self.assertIn("incompatible-order", names(transaction("x+1"), transaction("x+2"),
                                                  transaction("x:1"), transaction("x:2,1")))
        self.assertIn("unknown value", names(transaction("x:7")))
        self.assertIn("duplicate", names(transaction("x+1"), transaction("x:1,1")))
        self.assertIn("duplicate", names(transaction("x+1"), transaction("x+1")))
        self.assertEqual(names(transaction("x+1 x:")), ["internal"])
        self.assertEqual(names(transaction("x+1 x:1")), [])

    def test_finds_a_fault_planted_anywhere(self):
        """One read that misses the last value, which its begin came after."""
        planted = 0
        for seed in range(20):
            history = serial_history(seed)
            choice = random.Random(seed)
            reads = [(at, place) for at, done in enumerate(history)
                     for place, (kind, _, value) in enumerate(done.operations) if kind == "read" and value]
            at, place = choice.choice(reads)
            kind, key, values = history[at].operations[place]
            history[at].operations[place] = (kind, key, values[:-1])
            planted += 1
            self.assertNotEqual(check(history), [], f"seed {seed}")
        self.assertEqual(planted, 20)


if __name__ == "__main__":
    run_unittest()
