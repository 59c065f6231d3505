#!/usr/bin/env python3
"""Many clients increment the same and different counters, with conditions: the totals are exact."""
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

CLIENTS = 16
ROUNDS = 60


class CounterTest(unittest.TestCase):
    def setUp(self):
        self.server = Server("--in-memory")
        self.client = self.server.client()
        self.client.ok("CreateTable", table(
            "counters", "p:S", global_=[("by_group", "group:S n:N", "ALL")]))

    def tearDown(self):
        self.client.close()
        self.assertTrue(self.server.is_up(), self.server.standard_error()[-4000:])
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn("ThreadSanitizer", self.server.standard_error())

    def in_parallel(self, work):
        """Runs work(number, client) in CLIENTS threads; raises what any of them raised."""
        problems = []

        def run(number):
            client = self.server.client()
            try:
                work(number, client)
            except Exception as problem:  # Told by the main thread.
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

    def value(self, name):
        reply = self.client.ok("GetItem", {"TableName": "counters", "Key": {"p": {"S": name}}, "ConsistentRead": True})
        return int(reply["Item"]["n"]["N"])

    def test_plain_increments_of_one_counter(self):
        def work(number, client):
            for _ in range(ROUNDS):
                client.ok("UpdateItem", {"TableName": "counters", "Key": {"p": {"S": "one"}}, "UpdateExpression": "ADD n :one",
                                         "ExpressionAttributeValues": {":one": {"N": "1"}}})
        self.in_parallel(work)
        self.assertEqual(self.value("one"), CLIENTS * ROUNDS)

    def test_compare_and_set_on_one_counter(self):
        """Each success raises the counter by one, so successes and total must agree."""
        self.client.ok("PutItem", {"TableName": "counters", "Item": {"p": {"S": "cas"}, "n": {"N": "0"}}})
        won = [0] * CLIENTS

        def work(number, client):
            for _ in range(ROUNDS):
                seen = client.ok("GetItem", {"TableName": "counters", "Key": {"p": {"S": "cas"}}, "ConsistentRead": True})["Item"]["n"]["N"]
                reply = client.call("UpdateItem", {
                    "TableName": "counters", "Key": {"p": {"S": "cas"}}, "UpdateExpression": "SET n = n + :one", "ConditionExpression": "n = :seen",
                    "ExpressionAttributeValues": {":one": {"N": "1"}, ":seen": {"N": seen}}})
                if reply.status == 200:
                    won[number] += 1
                else:
                    self.assertEqual(reply.error, "ConditionalCheckFailedException")
        self.in_parallel(work)
        self.assertEqual(self.value("cas"), sum(won))
        self.assertGreater(sum(won), 0)

    def test_different_counters(self):
        def work(number, client):
            for turn in range(ROUNDS):
                name = f"c{(number + turn) % 8}"
                client.ok("UpdateItem", {"TableName": "counters", "Key": {"p": {"S": name}}, "UpdateExpression": "SET n = if_not_exists(n, :zero) + :one",
                                         "ExpressionAttributeValues": {":one": {"N": "1"}, ":zero": {"N": "0"}}})
        self.in_parallel(work)
        self.assertEqual(sum(self.value(f"c{i}") for i in range(8)), CLIENTS * ROUNDS)

    def test_create_once(self):
        """Of all who put if absent, one wins for each key."""
        won = []

        def work(number, client):
            for turn in range(ROUNDS):
                reply = client.call("PutItem", {"TableName": "counters", "Item": {"p": {"S": f"once{turn}"}, "n": {"N": str(number)}},
                                                "ConditionExpression": "attribute_not_exists(p)"})
                if reply.status == 200:
                    won.append((turn, number))
        self.in_parallel(work)
        self.assertEqual(sorted(turn for turn, _ in won), list(range(ROUNDS)))
        for turn, number in won:
            self.assertEqual(self.value(f"once{turn}"), number)

    def test_index_follows_while_read(self):
        """Counters move through an index while others query it: a page never shows one twice."""
        names = [f"i{i}" for i in range(8)]
        for name in names:
            self.client.ok("PutItem", {"TableName": "counters", "Item": {"p": {"S": name}, "group": {"S": "g"}, "n": {"N": "0"}}})
        query = {"TableName": "counters", "IndexName": "by_group", "KeyConditionExpression": "#g = :g",
                 "ExpressionAttributeNames": {"#g": "group"}, "ExpressionAttributeValues": {":g": {"S": "g"}}}

        def work(number, client):
            for turn in range(ROUNDS):
                if number % 4 == 0:
                    page = client.ok("Query", query)
                    self.assertEqual(sorted(item["p"]["S"] for item in page["Items"]), names)
                else:
                    client.ok("UpdateItem", {"TableName": "counters", "Key": {"p": {"S": names[(number + turn) % 8]}}, "UpdateExpression": "ADD n :one",
                                             "ExpressionAttributeValues": {":one": {"N": "1"}}})
        self.in_parallel(work)
        entries = {item["p"]["S"]: item["n"]["N"] for item in self.client.items("Query", query)}
        self.assertEqual(entries, {name: str(self.value(name)) for name in names})

    def test_tables_come_and_go(self):
        def work(number, client):
            for turn in range(8):
                name = f"own{number}"
                client.ok("CreateTable", table(name, "p:S"))
                client.ok("PutItem", {"TableName": name, "Item": {"p": {"S": "a"}}})
                self.assertEqual(client.ok("Scan", {"TableName": name})["Count"], 1)
                client.ok("DeleteTable", {"TableName": name})
        self.in_parallel(work)
        self.assertEqual(self.client.ok("ListTables", {}), {"TableNames": ["counters"]})


if __name__ == "__main__":
    run_unittest()
