#!/usr/bin/env python3
"""Servers killed in the middle of transactions: each was done whole or not at all, and sending it
again under its token does it once, whatever the client had heard of it."""
import http.client
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

CLIENTS = 6
ACCOUNTS = 8
START = 1_000_000
KILLS = 5
SECONDS = 0.5  # Of work before each.


def key(number):
    return {"p": {"S": f"a{number}"}}


def transfer(client, source, target, amount, token):
    return client.call("TransactWriteItems", {"ClientRequestToken": token, "ReturnConsumedCapacity": "TOTAL", "TransactItems": [
        {"Update": {"TableName": "accounts", "Key": key(source), "UpdateExpression": "ADD n :x", "ExpressionAttributeValues": {":x": {"N": str(-amount)}}}},
        {"Update": {"TableName": "accounts", "Key": key(target), "UpdateExpression": "ADD n :x", "ExpressionAttributeValues": {":x": {"N": str(amount)}}}},
        {"Put": {"TableName": "ledger", "Item": {"p": {"S": token}}}}]})


class TransactionCrashTest(unittest.TestCase):
    def balances(self, client):
        reply = client.ok("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "accounts", "Key": key(number)}} for number in range(ACCOUNTS)]})
        return [int(answer["Item"]["n"]["N"]) for answer in reply["Responses"]]

    def work_until_killed(self, server, life):
        """What was asked for, as {token: (source, target, amount)}: all, and what was answered."""
        asked, answered = {}, set()

        def run(number):
            client = server.client()
            choice = random.Random(life * CLIENTS + number)
            turn = 0
            try:
                while True:
                    source, target = choice.sample(range(ACCOUNTS), 2)
                    token = f"{life}-{number}-{turn}"
                    turn += 1
                    asked[token] = (source, target, choice.randint(1, 50))
                    if transfer(client, *asked[token], token).status == 200:
                        answered.add(token)
                    else:
                        del asked[token]  # A conflict: not done.
            except (OSError, http.client.HTTPException):
                pass  # The server is gone.
            finally:
                client.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS)
        server.kill()
        for thread in threads:
            thread.join()
        return asked, answered

    def killed_and_asked_again(self, fsync):
        with tempfile.TemporaryDirectory() as directory:
            server = Server("--data", directory, "--fsync", fsync)
            client = server.client()
            for name in ("accounts", "ledger"):
                client.ok("CreateTable", table(name, "p:S"))
            for number in range(ACCOUNTS):
                client.ok("PutItem", {"TableName": "accounts", "Item": {**key(number), "n": {"N": str(START)}}})
            client.close()
            expected = [START] * ACCOUNTS
            for life in range(KILLS):
                asked, answered = self.work_until_killed(server, life)
                self.assertTrue(answered)
                server = Server("--data", directory, "--fsync", fsync)
                client = server.client()
                self.assertEqual(sum(self.balances(client)), ACCOUNTS * START)
                for token, (source, target, amount) in asked.items():
                    reply = transfer(client, source, target, amount, token)
                    self.assertEqual(reply.status, 200, reply.raw)
                    is_replay = "ReadCapacityUnits" in reply.body["ConsumedCapacity"][0]
                    self.assertTrue(is_replay or token not in answered, f"{token} was answered and is not remembered")
                    expected[source] -= amount
                    expected[target] += amount
                self.assertEqual(self.balances(client), expected)
                listed = {item["p"]["S"] for item in client.items("Scan", {"TableName": "ledger"})}
                self.assertTrue(set(asked) <= listed)
                client.close()
            self.assertEqual(server.stop(), 0)

    def test_synced(self):
        self.killed_and_asked_again("always")

    def test_synced_every_second(self):
        self.killed_and_asked_again("everysec")


if __name__ == "__main__":
    run_unittest()
