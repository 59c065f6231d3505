#!/usr/bin/env python3
"""boto3 does transactions: its client, its resource's client with plain values, its errors."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import botocore.config  # noqa: E402
import botocore.exceptions  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402


class TransactionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory")
        session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        config = botocore.config.Config(retries={"max_attempts": 0})
        cls.client = session.client("dynamodb", endpoint_url=cls.server.endpoint, config=config)
        cls.resource = session.resource("dynamodb", endpoint_url=cls.server.endpoint, config=config)
        cls.client.create_table(**table("Orders", "customer:S order:N"))
        cls.client.create_table(**table("Stock", "sku:S"))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.resource.meta.client.close()
        cls.server.stop()

    def order(self, number, sku, count, **more):
        """An order is taken only if there is enough in stock."""
        return self.resource.meta.client.transact_write_items(TransactItems=[
            {"Put": {"TableName": "Orders", "Item": {"customer": "c", "order": number, "sku": sku, "count": count},
                     "ConditionExpression": "attribute_not_exists(customer)"}},
            {"Update": {"TableName": "Stock", "Key": {"sku": sku}, "UpdateExpression": "SET #left = #left - :n",
                        "ConditionExpression": "#left >= :n", "ExpressionAttributeNames": {"#left": "left"},
                        "ExpressionAttributeValues": {":n": count}, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}], **more)

    def left(self, sku):
        return int(self.resource.Table("Stock").get_item(Key={"sku": sku}, ConsistentRead=True)["Item"]["left"])

    def test_all_or_nothing(self):
        self.resource.Table("Stock").put_item(Item={"sku": "pen", "left": 5})
        answer = self.order(1, "pen", 3, ReturnConsumedCapacity="TOTAL")
        self.assertEqual({each["TableName"]: each["CapacityUnits"] for each in answer["ConsumedCapacity"]}, {"Orders": 2.0, "Stock": 2.0})
        self.assertEqual(self.left("pen"), 2)
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.order(2, "pen", 3)
        refusal = caught.exception.response
        self.assertEqual(refusal["Error"]["Message"], "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]")
        reasons = refusal["CancellationReasons"]
        self.assertEqual([reason["Code"] for reason in reasons], ["None", "ConditionalCheckFailed"])
        self.assertNotIn("Item", reasons[0])
        self.assertEqual(reasons[1]["Item"], {"sku": {"S": "pen"}, "left": {"N": "2"}})
        self.assertNotIn("Item", self.resource.Table("Orders").get_item(Key={"customer": "c", "order": 2}))
        self.assertEqual(self.left("pen"), 2)

    def test_reads_of_one_moment(self):
        self.resource.Table("Stock").put_item(Item={"sku": "ink", "left": 9, "shelf": {"row": 1, "column": 2}})
        answer = self.resource.meta.client.transact_get_items(TransactItems=[
            {"Get": {"TableName": "Stock", "Key": {"sku": "ink"}, "ProjectionExpression": "shelf.#c", "ExpressionAttributeNames": {"#c": "column"}}},
            {"Get": {"TableName": "Orders", "Key": {"customer": "nobody", "order": 1}}}], ReturnConsumedCapacity="TOTAL")
        self.assertEqual(answer["Responses"], [{"Item": {"shelf": {"column": 2}}}, {}])
        self.assertEqual({each["ReadCapacityUnits"] for each in answer["ConsumedCapacity"]}, {2.0})

    def test_a_token_is_good_for_once(self):
        self.resource.Table("Stock").put_item(Item={"sku": "cup", "left": 5})
        first = self.order(10, "cup", 2, ClientRequestToken="order-10", ReturnConsumedCapacity="TOTAL")
        again = self.order(10, "cup", 2, ClientRequestToken="order-10", ReturnConsumedCapacity="TOTAL")
        self.assertEqual(self.left("cup"), 3)
        self.assertIn("WriteCapacityUnits", first["ConsumedCapacity"][0])
        self.assertIn("ReadCapacityUnits", again["ConsumedCapacity"][0])
        with self.assertRaises(self.client.exceptions.IdempotentParameterMismatchException):
            self.order(11, "cup", 1, ClientRequestToken="order-10")

    def test_errors(self):
        key = {"customer": {"S": "c"}, "order": {"N": "1"}}
        with self.assertRaisesRegex(botocore.exceptions.ClientError, "multiple operations on one item"):
            self.client.transact_write_items(TransactItems=[
                {"Delete": {"TableName": "Orders", "Key": key}},
                {"ConditionCheck": {"TableName": "Orders", "Key": key, "ConditionExpression": "attribute_exists(sku)"}}])
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.transact_get_items(TransactItems=[{"Get": {"TableName": "Absent", "Key": key}}])
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.transact_get_items(TransactItems=[{"Get": {"TableName": "Orders", "Key": {"customer": {"S": "c"}}}}])
        self.assertEqual(caught.exception.response["CancellationReasons"],
                         [{"Code": "ValidationError", "Message": "The provided key element does not match the schema"}])


if __name__ == "__main__":
    run_unittest()
