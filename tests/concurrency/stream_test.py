#!/usr/bin/env python3
"""Writers commit at once while a reader polls the table's stream and its shards get successors: every change is seen
once, those of an item in the order of their commits, and no record behind a later one of its shard."""
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

WRITERS = 8
ROUNDS = 60
SHARED = 4  # Items that all writers change.


def streamed(name):
    return {**table(name, "p:S"), "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}


class Consumer:
    """Follows a stream as consumers do: parents before children, each shard to its end."""

    def __init__(self, client, arn):
        self.client = client
        self.arn = arn
        self.iterators = {}  # Of shards being read.
        self.finished = set()
        self.by_shard = {}  # Shard id -> its records.
        self.records = []  # In the order they were read.

    def shards(self):
        shards, start = [], {}
        while True:
            page = self.client.ok("DescribeStream", {"StreamArn": self.arn, "Limit": 2, **start})["StreamDescription"]
            shards += page["Shards"]
            if "LastEvaluatedShardId" not in page:
                return shards
            start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}

    def poll(self):
        """Reads what is there. Returns how many records that were."""
        before = len(self.records)
        listed = self.shards()
        known = {shard["ShardId"] for shard in listed}
        for shard in listed:
            name, parent = shard["ShardId"], shard.get("ParentShardId")
            if name not in self.iterators and name not in self.finished and (parent not in known or parent in self.finished):
                self.iterators[name] = self.client.ok("GetShardIterator", {
                    "StreamArn": self.arn, "ShardId": name, "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
        for name in list(self.iterators):
            self.read(name)
        return len(self.records) - before

    def read(self, name):
        page = self.client.ok("GetRecords", {"ShardIterator": self.iterators[name], "Limit": 50})
        self.records += page["Records"]
        self.by_shard.setdefault(name, []).extend(page["Records"])
        if "NextShardIterator" in page:
            self.iterators[name] = page["NextShardIterator"]
        else:
            del self.iterators[name]
            self.finished.add(name)


class StreamTest(unittest.TestCase):
    def setUp(self):
        self.server = Server("--in-memory", "--stream-shard-ms", "50")
        self.client = self.server.client()
        description = self.client.ok("CreateTable", streamed("changes"))["TableDescription"]
        self.consumer = Consumer(self.server.client(), description["LatestStreamArn"])

    def tearDown(self):
        self.client.close()
        self.consumer.client.close()
        self.assertTrue(self.server.is_up(), self.server.standard_error()[-4000:])
        self.assertEqual(self.server.stop(), 0)
        self.assertNotIn("ThreadSanitizer", self.server.standard_error())

    @staticmethod
    def write(number, client):
        """Counts up items of its own and shared ones, alone, in batches and in transactions."""
        def count(name):
            return {"TableName": "changes", "Key": {"p": {"S": name}}, "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}}}
        for turn in range(ROUNDS):
            client.ok("UpdateItem", count(f"own-{number}"))
            client.ok("UpdateItem", count(f"shared-{turn % SHARED}"))
            name = f"once-{number}-{turn}"
            if turn % 3 == 0:
                client.ok("BatchWriteItem", {"RequestItems": {"changes": [
                    {"PutRequest": {"Item": {"p": {"S": f"{name}-{i}"}, "n": {"N": "1"}}}} for i in range(3)]}})
            elif turn % 3 == 1:
                client.ok("TransactWriteItems", {"TransactItems": [
                    {"Put": {"TableName": "changes", "Item": {"p": {"S": name}, "n": {"N": "1"}}}}, {"Update": count(f"pair-{number}")}]})
            else:
                client.ok("PutItem", {"TableName": "changes", "Item": {"p": {"S": name}, "n": {"N": "1"}}})
                client.ok("DeleteItem", {"TableName": "changes", "Key": {"p": {"S": name}}})

    def run_writers(self):
        problems, running = [], []

        def run(number):
            client = self.server.client()
            try:
                self.write(number, client)
            except Exception as problem:  # Told by the main thread.
                problems.append(problem)
            finally:
                client.close()
        for number in range(WRITERS):
            running.append(threading.Thread(target=run, args=(number,)))
            running[-1].start()
        while any(thread.is_alive() for thread in running):
            self.consumer.poll()
        for thread in running:
            thread.join()
        if problems:
            raise problems[0]
        while self.consumer.poll() or len(self.consumer.finished) + 1 < len(self.consumer.shards()):
            pass

    def stored(self):
        items, start = {}, {}
        while True:
            page = self.client.ok("Scan", {"TableName": "changes", "ConsistentRead": True, **start})
            items.update({item["p"]["S"]: item for item in page["Items"]})
            if "LastEvaluatedKey" not in page:
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def test_every_change_is_read_once_and_in_order(self):
        self.run_writers()
        records = [record["dynamodb"] for record in self.consumer.records]

        numbers = [int(record["SequenceNumber"]) for record in records]
        self.assertEqual(numbers, sorted(set(numbers)), "the whole stream, read shard by shard, is in order and without repeats")
        self.assertEqual(len({record["eventID"] for record in self.consumer.records}), len(records))

        # Each change begins where the item's last one ended: nothing is missing, doubled or out of order.
        items = {}
        for record, event in zip(records, self.consumer.records):
            name = record["Keys"]["p"]["S"]
            self.assertEqual(record.get("OldImage"), items.get(name), name)
            expected = "REMOVE" if "NewImage" not in record else "MODIFY" if name in items else "INSERT"
            self.assertEqual(event["eventName"], expected)
            items[name] = record.get("NewImage")
            if items[name] is None:
                del items[name]
        self.assertEqual(items, self.stored(), "the changes put together make the table")

        thirds = ROUNDS // 3
        own = sum(int(items[f"own-{number}"]["n"]["N"]) for number in range(WRITERS))
        self.assertEqual(own, WRITERS * ROUNDS)
        self.assertEqual(len(records), WRITERS * (2 * ROUNDS + thirds * (3 + 2 + 2)))

    def children(self, shards):
        """The ids that CHILD_SHARDS tells of each."""
        return [[child["ShardId"] for child in self.client.ok("DescribeStream", {
            "StreamArn": self.consumer.arn, "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": shard["ShardId"]},
        })["StreamDescription"]["Shards"]] for shard in shards]

    def shards_and_children(self):
        """Of one state: the open shard may get its successor between the two questions. That happens once, for
        nothing is written any more and a shard without records gets none."""
        shards = self.consumer.shards()
        children = self.children(shards)
        later = self.consumer.shards()
        if later != shards:
            self.assertEqual([shard["ShardId"] for shard in later][:-1], [shard["ShardId"] for shard in shards])
            shards, children = later, self.children(later)
            self.assertEqual(self.consumer.shards(), shards, "a shard without records gets no successor")
        return shards, children

    def test_shards_follow_each_other(self):
        self.run_writers()
        shards, children = self.shards_and_children()
        self.assertGreater(len(shards), 2, "the run is long enough for successors")
        self.assertEqual([shard["ShardId"] for shard in shards], sorted(shard["ShardId"] for shard in shards))
        end = 0
        for before, shard in zip([None, *shards], shards):
            self.assertEqual(shard.get("ParentShardId"), before and before["ShardId"])
            numbers = shard["SequenceNumberRange"]
            self.assertGreater(int(numbers["StartingSequenceNumber"]), end)
            self.assertEqual("EndingSequenceNumber" in numbers, shard is not shards[-1])
            end = int(numbers.get("EndingSequenceNumber", "9" * 40))
            for record in self.consumer.by_shard.get(shard["ShardId"], []):
                number = int(record["dynamodb"]["SequenceNumber"])
                self.assertTrue(int(numbers["StartingSequenceNumber"]) <= number <= end)
        names = [shard["ShardId"] for shard in shards]
        self.assertEqual(children, [names[index + 1:index + 2] for index in range(len(names))])


if __name__ == "__main__":
    run_unittest()
