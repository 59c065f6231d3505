#!/usr/bin/env python3
"""Every operation of the service's model is known: none is answered with UnknownOperationException
or a 5xx, whatever little the request says."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

TABLES = """
    BatchExecuteStatement BatchGetItem BatchWriteItem CancelBulkOperation CreateBackup CreateGlobalTable CreateTable
    DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable DescribeBackup DescribeBulkOperation
    DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable
    DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeTable
    DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination
    EnableKinesisStreamingDestination ExecuteStatement ExecuteTransaction ExportTableToPointInTime GetItem
    GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports ListGlobalTables
    ListImports ListTables ListTagsOfResource PutItem PutResourcePolicy Query RestoreTableFromBackup
    RestoreTableToPointInTime Scan SearchVectors StartBulkPutItems TagResource TransactGetItems TransactWriteItems
    UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings
    UpdateItem UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive
""".split()
STREAMS = "DescribeStream GetRecords GetShardIterator ListStreams".split()
TARGETS = [f"DynamoDB_20120810.{name}" for name in TABLES] + [f"DynamoDBStreams_20120810.{name}" for name in STREAMS]

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
REQUESTS = ({}, {"TableName": "absent"}, {"TableName": "there"}, {"TableName": ARN + "there"}, {"TableName": 7},
            {"ResourceArn": ARN + "there"}, {"GlobalTableName": "there", "StreamArn": ARN + "there/stream/x"})


class OperationsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory")
        cls.client = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.client.connection.close()
        cls.server.stop()

    def test_all_are_counted(self):
        self.assertEqual((len(set(TABLES)), len(set(STREAMS))), (62, 4))

    def test_all_are_known(self):
        for target in TARGETS:
            for request in REQUESTS:
                with self.subTest(target=target, request=request):
                    self.client.call("CreateTable", table("there", "p:S"))
                    reply = self.client.send(target, json.dumps(request).encode())
                    self.assertIn(reply.status, (200, 400))
                    if reply.status == 400:
                        self.assertNotEqual(reply.error, "UnknownOperationException")
                        self.assertTrue(reply.message)

    def test_others_are_not(self):
        for target in ("DynamoDB_20120810.PutItems", "DynamoDB_20111205.PutItem", "PutItem"):
            self.assertEqual(self.client.send(target, b"{}").error, "UnknownOperationException")


if __name__ == "__main__":
    run_unittest()
