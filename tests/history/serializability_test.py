#!/usr/bin/env python3
"""Concurrent clients over HTTP: what they saw must be what some serial order explains."""
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from checker import FAILED, OK, Transaction, check  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

CLIENTS = 8
SECONDS = 2  # Of each history.
ACCOUNTS = 6
START = 100


def key(name):
    return {"p": {"S": name}}


class HistoryTest(unittest.TestCase):
    flags = ("--in-memory",)

    def setUp(self):
        self.server = Server(*self.flags)
        self.client = self.server.client()
        self.client.ok("CreateTable", table("odd", "p:S"))
        self.client.ok("CreateTable", table("even", "p:S"))

    def tearDown(self):
        self.client.close()
        self.assertTrue(self.server.is_up(), self.server.standard_error()[-4000:])
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn("ThreadSanitizer", self.server.standard_error())

    def in_parallel(self, work, seconds=SECONDS):
        """Calls work(client, random, number, turn) in CLIENTS threads until time is up, or until it
        returns True: there is no need for more."""
        problems = []
        until = time.monotonic() + seconds

        def run(number):
            client = self.server.client()
            choice = random.Random(number)
            try:
                turn = 0
                while time.monotonic() < until and not problems:
                    if work(client, choice, number, turn):
                        return
                    turn += 1
            except BaseException as problem:  # Told by the main thread.
                problems.append(problem)
            finally:
                client.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]

    def expect_cancelled(self, reply, allowed):
        """A transaction that was not done says why, and only for these reasons."""
        self.assertEqual(reply.error, "TransactionCanceledException", reply.raw)
        codes = {reason["Code"] for reason in reply.body["CancellationReasons"]} - {"None"}
        self.assertTrue(codes and codes <= allowed, reply.raw)

    # Accounts lie in two tables.
    def account_table(self, number):
        return "odd" if number % 2 else "even"

    def transfer(self, source, target, amount):
        return [
            {"Update": {"TableName": self.account_table(source), "Key": key(f"a{source}"),
                        "UpdateExpression": "SET n = n - :x", "ConditionExpression": "n >= :x",
                        "ExpressionAttributeValues": {":x": {"N": str(amount)}}}},
            {"Update": {"TableName": self.account_table(target), "Key": key(f"a{target}"),
                        "UpdateExpression": "SET n = n + :x",
                        "ExpressionAttributeValues": {":x": {"N": str(amount)}}}}]

    def test_transfers_keep_every_sum(self):
        for number in range(ACCOUNTS):
            self.client.ok("PutItem", {"TableName": self.account_table(number), "Item": {**key(f"a{number}"), "n": {"N": str(START)}}})
        gets = [{"Get": {"TableName": self.account_table(number), "Key": key(f"a{number}")}} for number in range(ACCOUNTS)]
        moved = [[] for _ in range(CLIENTS)]  # (source, target, amount) of each that was done.
        sums = []

        def work(client, choice, number, turn):
            if number % 4 == 0:
                reply = client.ok("TransactGetItems", {"TransactItems": gets})
                sums.append(sum(int(answer["Item"]["n"]["N"]) for answer in reply["Responses"]))
                return
            if number % 4 == 1 and turn % 4 == 0:
                page = client.ok("Scan", {"TableName": "odd", "ConsistentRead": True})  # One page is one state.
                self.assertEqual(len(page["Items"]), ACCOUNTS // 2)
                return
            source, target = choice.sample(range(ACCOUNTS), 2)
            amount = choice.randint(1, START)
            request = {"TransactItems": self.transfer(source, target, amount)}
            if choice.random() < 0.5:
                request["ClientRequestToken"] = f"{number}-{turn}"
            reply = client.call("TransactWriteItems", request)
            if reply.status == 200:
                moved[number].append((source, target, amount))
                if "ClientRequestToken" in request and choice.random() < 0.5:
                    client.ok("TransactWriteItems", request)  # Once more is not twice.
            else:
                self.expect_cancelled(reply, {"ConditionalCheckFailed", "TransactionConflict"})

        self.in_parallel(work)
        self.assertEqual(set(sums), {ACCOUNTS * START})
        balances = [START] * ACCOUNTS
        for source, target, amount in (each for done in moved for each in done):
            balances[source] -= amount
            balances[target] += amount
        reply = self.client.ok("TransactGetItems", {"TransactItems": gets})
        self.assertEqual([int(answer["Item"]["n"]["N"]) for answer in reply["Responses"]], balances)
        self.assertGreater(sum(map(len, moved)), CLIENTS)

    # Lists: one item each, its values in the order in which they were appended.
    LISTS = [f"l{number}" for number in range(5)]

    @staticmethod
    def append(name, value):
        return {"TableName": "odd", "Key": key(name), "UpdateExpression": "SET v = list_append(if_not_exists(v, :none), :new)",
                "ExpressionAttributeValues": {":none": {"L": []}, ":new": {"L": [{"N": str(value)}]}}}

    @staticmethod
    def values(item):
        return [int(value["N"]) for value in (item or {}).get("v", {"L": []})["L"]]

    def read_lists(self, client, names):
        reply = client.ok("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "odd", "Key": key(name)}} for name in names]})
        return [("read", name, self.values(answer.get("Item"))) for name, answer in zip(names, reply["Responses"])]

    @staticmethod
    def unchanged(name, values):
        condition = {"ConditionExpression": "v = :seen", "ExpressionAttributeValues": {":seen": {"L": [{"N": str(value)} for value in values]}}}
        if not values:
            condition = {"ConditionExpression": "attribute_not_exists(v)"}
        return {"ConditionCheck": {"TableName": "odd", "Key": key(name), **condition}}

    def carried_out(self, reply, operations):
        if reply.status == 200:
            return operations, OK
        if reply.error == "TransactionConflictException":
            return operations, FAILED
        self.expect_cancelled(reply, {"ConditionalCheckFailed", "TransactionConflict"})
        return operations, FAILED

    def one_transaction(self, client, choice, value):
        """Something at random; its operations, and whether it was done."""
        kind = choice.random()
        names = choice.sample(self.LISTS, choice.randint(2, 4))
        if kind < 0.3:
            return self.read_lists(client, names), OK
        if kind < 0.5:
            reply = client.call("TransactWriteItems", {"TransactItems": [{"Update": self.append(name, value)} for name in names]})
            return self.carried_out(reply, [("append", name, value) for name in names])
        if kind < 0.8:
            # What was read a moment ago is read again, as conditions, and others are appended to.
            reads = self.read_lists(client, names)
            checked, appended = reads[:len(reads) // 2], names[len(reads) // 2:]
            reply = client.call("TransactWriteItems", {"TransactItems": [
                *(self.unchanged(name, values) for _, name, values in checked),
                *({"Update": self.append(name, value)} for name in appended)]})
            return self.carried_out(reply, checked + [("append", name, value) for name in appended])
        if kind < 0.9:
            reply = client.call("UpdateItem", {**self.append(names[0], value), "ReturnValues": "ALL_NEW"})
            operations = [("append", names[0], value)]
            if reply.status == 200:
                operations.append(("read", names[0], self.values(reply.body["Attributes"])))
            return self.carried_out(reply, operations)
        item = client.ok("GetItem", {"TableName": "odd", "Key": key(names[0]), "ConsistentRead": True}).get("Item")
        return [("read", names[0], self.values(item))], OK

    def test_random_histories_have_no_cycle(self):
        history = []

        def work(client, choice, number, turn):
            begin = time.monotonic()
            operations, status = self.one_transaction(client, choice, turn * CLIENTS + number)
            history.append(Transaction(operations, status, begin, time.monotonic()))

        self.in_parallel(work)
        anomalies = check(history)
        self.assertEqual([f"{anomaly.name}: {anomaly.text[:2000]}" for anomaly in anomalies], [])
        self.assertGreater(sum(done.status == OK for done in history), CLIENTS)


class DurableHistoryTest(HistoryTest):
    """Writers wait for the disk together, and for each other."""
    more_flags = ()

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.flags = ("--data", self.directory.name, "--fsync", "always", *self.more_flags)
        super().setUp()


    def test_who_comes_while_a_token_is_used_is_told_so(self):
        """All clients send the same request under the same token; it is done once."""
        answers = {200: 0, "TransactionInProgressException": 0}
        rounds = set()

        def work(client, choice, number, turn):
            moment = int(time.monotonic() * 20)  # The clients agree on a token without waiting for each other.
            reply = client.call("TransactWriteItems", {"ClientRequestToken": str(moment), "TransactItems": [
                {"Update": {"TableName": "odd", "Key": key("rounds"), "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}},
                {"Put": {"TableName": "even", "Item": key(str(moment))}}]})
            if reply.error == "TransactionCanceledException":  # Two moments met.
                self.expect_cancelled(reply, {"TransactionConflict"})
                return all(answers.values())
            answers[reply.error or reply.status] += 1
            if reply.status == 200:
                rounds.add(moment)
            return all(answers.values())

        self.in_parallel(work, seconds=5 * SECONDS)
        self.assertTrue(all(answers.values()), answers)
        item = self.client.ok("GetItem", {"TableName": "odd", "Key": key("rounds"), "ConsistentRead": True})["Item"]
        self.assertEqual(int(item["n"]["N"]), len(rounds))


class ConflictHistoryTest(DurableHistoryTest):
    """Nobody waits: whoever meets another is refused, and nothing half-done shows."""
    more_flags = ("--transaction-wait-ms", "0")

    def test_who_meets_another_is_told_so(self):
        told = {"TransactionCanceledException": 0, "TransactionConflictException": 0}
        done = [0] * CLIENTS

        def work(client, choice, number, turn):
            increment = {"TableName": "odd", "Key": key("hot"), "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
            if number % 2:
                reply = client.call("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "even", "Item": key(f"cold{number}")}}, {"Update": increment}]})
            else:
                reply = client.call("UpdateItem", increment)
            if reply.status == 200:
                done[number] += 1
                return all(told.values())
            told[reply.error] += 1
            if number % 2:
                self.assertEqual(reply.body["CancellationReasons"], [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item."}])
                self.assertEqual(reply.message, "Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]")
            else:
                self.assertEqual((reply.error, reply.message), ("TransactionConflictException", "Transaction is ongoing for the item"))
            return all(told.values())

        self.in_parallel(work, seconds=5 * SECONDS)
        self.assertTrue(all(told.values()), told)
        item = self.client.ok("GetItem", {"TableName": "odd", "Key": key("hot"), "ConsistentRead": True})["Item"]
        self.assertEqual(int(item["n"]["N"]), sum(done))


if __name__ == "__main__":
    run_unittest()
