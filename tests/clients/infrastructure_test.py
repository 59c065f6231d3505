#!/usr/bin/env python3
"""What tools that manage infrastructure call, in their order: tables with tags and a time to live,
refreshed again and again, changed and removed. boto3 makes the calls."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import botocore.config  # noqa: E402
import botocore.exceptions  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

EXPIRY_SECONDS_MAX = 30


class InfrastructureTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory", "--ttl-sweep-ms", "20", "--createTableMs", "200", "--deleteTableMs", "200")
        cls.client = boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1").client(
                "dynamodb", endpoint_url=cls.server.endpoint, config=botocore.config.Config(retries={"max_attempts": 0}))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.stop()

    def refused(self, code, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], code)
        return error["Message"]

    def create(self, name, **more):
        description = self.client.create_table(**table(name, "p:S", **more))["TableDescription"]
        self.assertEqual(description["TableStatus"], "CREATING")
        self.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        return description["TableArn"]


class RefreshTest(InfrastructureTest):
    def refresh(self, name):
        """As Terraform's provider reads a table; the answers in one dictionary."""
        described = self.client.describe_table(TableName=name)["Table"]
        arn = described["TableArn"]
        seen = {"table": described}
        seen["backups"] = self.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        seen["ttl"] = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        seen["tags"] = {tag["Key"]: tag["Value"]
                        for page in self.client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
                        for tag in page["Tags"]}
        seen["kinesis"] = self.client.describe_kinesis_streaming_destination(TableName=name)["KinesisDataStreamDestinations"]
        seen["insights"] = self.client.describe_contributor_insights(TableName=name)["ContributorInsightsStatus"]
        return seen

    def test_life_of_a_table(self):
        tags = {f"key{i:02}": str(i) for i in range(23)}
        arn = self.create("managed", Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
        self.client.update_time_to_live(TableName="managed", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        self.client.update_continuous_backups(TableName="managed", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
        first = self.refresh("managed")
        self.assertEqual(first["tags"], tags)
        self.assertEqual(first["ttl"], {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
        self.assertEqual(first["backups"], {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}})
        self.assertEqual(first["kinesis"], [])
        self.assertEqual(first["insights"], "DISABLED")
        self.client.update_table(TableName="managed", BillingMode="PAY_PER_REQUEST")  # As it is.
        self.client.get_waiter("table_exists").wait(TableName="managed", WaiterConfig={"Delay": 1})
        self.assertEqual(self.refresh("managed"), first)  # Nothing to do, the next plan finds.

        self.client.untag_resource(ResourceArn=arn, TagKeys=["key00", "key01"])
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "key02", "Value": "changed"}])
        self.client.update_time_to_live(TableName="managed", TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"})
        second = self.refresh("managed")
        self.assertEqual(second["ttl"], {"TimeToLiveStatus": "DISABLED"})
        self.assertEqual(second["tags"], {**{key: tags[key] for key in list(tags)[2:]}, "key02": "changed"})
        self.assertEqual(second["table"], first["table"])

        self.client.delete_table(TableName="managed")
        self.client.get_waiter("table_not_exists").wait(TableName="managed", WaiterConfig={"Delay": 1})
        self.refused("ResourceNotFoundException", self.client.describe_table, TableName="managed")
        self.refused("ResourceNotFoundException", self.client.describe_time_to_live, TableName="managed")
        self.refused("ResourceNotFoundException", self.client.list_tags_of_resource, ResourceArn=arn)
        self.refused("TableNotFoundException", self.client.describe_continuous_backups, TableName="managed")

    def test_what_is_not_there_is_said_to_be_absent(self):
        self.assertEqual(self.client.list_backups()["BackupSummaries"], [])
        self.assertEqual(self.client.list_exports()["ExportSummaries"], [])
        self.assertEqual(self.client.list_imports()["ImportSummaryList"], [])
        self.assertEqual(self.client.list_global_tables()["GlobalTables"], [])
        self.refused("GlobalTableNotFoundException", self.client.describe_global_table, GlobalTableName="some")

    def test_what_is_not_supported_names_itself(self):
        self.create("kept")
        message = self.refused("ValidationException", self.client.create_backup, TableName="kept", BackupName="first")
        self.assertIn("CreateBackup is not supported", message)
        message = self.refused("ValidationException", self.client.update_continuous_backups, TableName="kept",
                               PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.assertIn("UpdateContinuousBackups is not supported", message)


class TimeToLiveTest(InfrastructureTest):
    def until_absent(self, name, key):
        deadline = time.monotonic() + EXPIRY_SECONDS_MAX
        while "Item" in self.client.get_item(TableName=name, Key={"p": {"S": key}}):
            self.assertLess(time.monotonic(), deadline, f"{key} was not deleted")

    def test_items_expire(self):
        self.create("sessions")
        now = int(time.time())

        def put(key, expires):
            self.client.put_item(TableName="sessions", Item={"p": {"S": key}, "expires": expires})
        put("before", {"N": str(now - 60)})  # There before the time to live is on.
        self.client.update_time_to_live(TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        put("over", {"N": str(now - 1)})
        put("fraction", {"N": f"{now - 1}.5"})
        put("later", {"N": str(now + 3600)})
        put("text", {"S": str(now - 60)})
        put("too old", {"N": str(now - 6 * 366 * 24 * 3600)})
        for key in ("before", "over", "fraction"):
            self.until_absent("sessions", key)
        left = self.client.scan(TableName="sessions")["Items"]
        self.assertEqual(sorted(item["p"]["S"] for item in left), ["later", "text", "too old"])
        self.assertEqual(self.client.describe_table(TableName="sessions")["Table"]["ItemCount"], 3)

    def test_streams_name_the_service(self):
        self.create("streamed", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        self.client.update_time_to_live(TableName="streamed", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        item = {"p": {"S": "over"}, "expires": {"N": str(int(time.time()) - 1)}}
        self.client.put_item(TableName="streamed", Item=item)
        self.until_absent("streamed", "over")
        streams = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1").client(
            "dynamodbstreams", endpoint_url=self.server.endpoint)
        arn = self.client.describe_table(TableName="streamed")["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        inserted, removed = streams.get_records(ShardIterator=iterator)["Records"]
        streams.close()
        self.assertEqual((inserted["eventName"], removed["eventName"]), ("INSERT", "REMOVE"))
        self.assertNotIn("userIdentity", inserted)
        self.assertEqual(removed["userIdentity"], {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"})
        self.assertEqual(removed["dynamodb"]["OldImage"], item)

    def test_changes_that_change_nothing_are_refused(self):
        self.create("settled")

        def message(enabled, attribute):
            return self.refused("ValidationException", self.client.update_time_to_live, TableName="settled",
                                TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute})
        self.assertEqual(message(False, "a"), "TimeToLive is already disabled")
        self.client.update_time_to_live(TableName="settled", TimeToLiveSpecification={"Enabled": True, "AttributeName": "a"})
        self.assertEqual(message(True, "a"), "TimeToLive is already enabled")
        self.assertIn("different AttributeName", message(False, "b"))


if __name__ == "__main__":
    run_unittest()
