#!/usr/bin/env python3
"""boto3's dynamodbstreams client reads streams."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import botocore.config  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402


class StreamsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory", "--isolate")
        cls.session = cls.session_of("test")

    @classmethod
    def tearDownClass(cls):
        for client in cls.session:
            client.close()
        cls.server.stop()

    @classmethod
    def session_of(cls, key):
        session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key="test", region_name="eu-west-1")
        config = botocore.config.Config(retries={"max_attempts": 0})
        return tuple(session.client(name, endpoint_url=cls.server.endpoint, config=config) for name in ("dynamodb", "dynamodbstreams"))

    def create(self, name, view="NEW_AND_OLD_IMAGES"):
        tables, streams = self.session
        created = tables.create_table(**table(name, "p:S s:N"), StreamSpecification={"StreamEnabled": True, "StreamViewType": view})
        arn = created["TableDescription"]["LatestStreamArn"]
        return arn, streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]

    def iterator(self, arn, shard, kind="TRIM_HORIZON"):
        return self.session[1].get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind)["ShardIterator"]

    def test_records(self):
        arn, shard = self.create("Records")
        tables, streams = self.session
        key = {"p": {"S": "a"}, "s": {"N": "1"}}
        tables.put_item(TableName="Records", Item={**key, "b": {"B": b"\x00\xff"}})
        tables.delete_item(TableName="Records", Key=key)
        page = streams.get_records(ShardIterator=self.iterator(arn, shard))
        insert, remove = page["Records"]
        self.assertEqual((insert["eventName"], remove["eventName"]), ("INSERT", "REMOVE"))
        self.assertEqual(insert["dynamodb"]["Keys"], key)
        self.assertEqual(insert["dynamodb"]["NewImage"]["b"], {"B": b"\x00\xff"})
        self.assertEqual(remove["dynamodb"]["OldImage"], insert["dynamodb"]["NewImage"])
        self.assertLess(int(insert["dynamodb"]["SequenceNumber"]), int(remove["dynamodb"]["SequenceNumber"]))
        self.assertEqual(streams.get_records(ShardIterator=page["NextShardIterator"])["Records"], [])

    def test_pages_of_a_megabyte(self):
        arn, shard = self.create("Large", "NEW_IMAGE")
        tables, streams = self.session
        for number in range(8):
            tables.put_item(TableName="Large", Item={"p": {"S": "a"}, "s": {"N": str(number)}, "text": {"S": "x" * 300_000}})
        counts, at = [], self.iterator(arn, shard)
        while sum(counts) < 8:
            page = streams.get_records(ShardIterator=at)
            counts.append(len(page["Records"]))
            at = page["NextShardIterator"]
        self.assertEqual(counts, [3, 3, 2])

    def test_scopes_do_not_see_each_other(self):
        arn, shard = self.create("Mine")
        at = self.iterator(arn, shard)
        others = self.session_of("other")
        self.assertEqual(others[1].list_streams()["Streams"], [])
        missing = others[1].exceptions.ResourceNotFoundException
        self.assertRaises(missing, others[1].describe_stream, StreamArn=arn)
        self.assertRaises(missing, others[1].get_records, ShardIterator=at)
        self.assertEqual(self.session[1].get_records(ShardIterator=at)["Records"], [])
        for client in others:
            client.close()


if __name__ == "__main__":
    run_unittest()
