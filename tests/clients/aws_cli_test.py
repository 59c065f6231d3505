#!/usr/bin/env python3
"""The `aws` command line does the work."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server  # noqa: E402
from suite import run_unittest  # noqa: E402

AWS = "/usr/bin/aws" if os.access("/usr/bin/aws", os.X_OK) else shutil.which("aws")
# What `aws` must not find: the machine's own credentials and settings.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_PAGER": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class AwsCliTest(unittest.TestCase):
    """In one order, on one table: each call of `aws` costs half a second."""

    @classmethod
    def setUpClass(cls):
        cls.data = tempfile.mkdtemp(prefix="dynolith-aws-")
        cls.server = Server("--data", cls.data)
        cls.aws(*"create-table --table-name Music --billing-mode PAY_PER_REQUEST".split(),
                "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=Song,AttributeType=S", "AttributeName=Year,AttributeType=N",
                "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=Song,KeyType=RANGE",
                "--local-secondary-indexes", json.dumps([{"IndexName": "ByYear", "KeySchema": [
                    {"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "Year", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "ALL"}}]),
                "--global-secondary-indexes", json.dumps([{"IndexName": "OfYear", "KeySchema": [
                    {"AttributeName": "Year", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}]))
        cls.aws(*"wait table-exists --table-name Music".split())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.data)

    @classmethod
    def run_aws(cls, *arguments):
        return subprocess.run([AWS, "dynamodb", *arguments, "--endpoint-url", cls.server.endpoint, "--output", "json"],
                              env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)

    @classmethod
    def aws(cls, *arguments):
        done = cls.run_aws(*arguments)
        if done.returncode:
            raise AssertionError(f"aws dynamodb {' '.join(arguments)}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, message, *arguments):
        done = self.run_aws(*arguments)
        self.assertEqual(done.returncode, 254, done.stderr)
        self.assertEqual(done.stderr.strip(), message)

    def key(self, song):
        return json.dumps({"Artist": {"S": "Nina"}, "Song": {"S": song}})

    def test_1_describe_and_list(self):
        described = self.aws("describe-table", "--table-name", "Music")["Table"]
        self.assertEqual(described["TableArn"], "arn:aws:dynamodb:us-west-2:000000000000:table/Music")
        self.assertEqual(described["TableStatus"], "ACTIVE")
        self.assertEqual(self.aws("list-tables"), {"TableNames": ["Music"]})
        self.refused("An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: Absent not found",
                     "describe-table", "--table-name", "Absent")

    def test_2_put_with_a_condition(self):
        item = json.dumps({"Artist": {"S": "Nina"}, "Song": {"S": "Sinnerman"}, "Year": {"N": "1965"}, "Tags": {"SS": ["jazz", "gospel"]}, "Length": {"M": {"Seconds": {"N": "622"}}}})
        put = ["put-item", "--table-name", "Music", "--item", item, "--condition-expression", "attribute_not_exists(Artist)"]
        self.assertIsNone(self.aws(*put))
        self.refused("An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The conditional request failed", *put)
        answer = self.aws("get-item", "--table-name", "Music", "--key", self.key("Sinnerman"), "--consistent-read")
        self.assertEqual(answer["Item"]["Length"], {"M": {"Seconds": {"N": "622"}}})

    def test_3_update(self):
        answer = self.aws("update-item", "--table-name", "Music", "--key", self.key("Sinnerman"), "--return-values", "UPDATED_NEW",
                          "--update-expression", "SET #l.Seconds = #l.Seconds + :d, Plays = if_not_exists(Plays, :z) ADD Tags :t REMOVE Nothing",
                          "--expression-attribute-names", '{"#l": "Length"}',
                          "--expression-attribute-values", '{":d": {"N": "-22"}, ":z": {"N": "0"}, ":t": {"SS": ["live"]}}')
        attributes = answer["Attributes"]
        self.assertEqual(sorted(attributes.pop("Tags")["SS"]), ["gospel", "jazz", "live"])
        self.assertEqual(attributes, {"Length": {"M": {"Seconds": {"N": "600"}}}, "Plays": {"N": "0"}})
        self.refused("An error occurred (ValidationException) when calling the UpdateItem operation: One or more parameter values were invalid: "
                     "Cannot update attribute Song. This attribute is part of the key",
                     "update-item", "--table-name", "Music", "--key", self.key("Sinnerman"), "--update-expression", "SET Song = :s", "--expression-attribute-values", '{":s": {"S": "x"}}')

    def test_4_batches_and_reads(self):
        requests = [{"PutRequest": {"Item": {"Artist": {"S": "Nina"}, "Song": {"S": f"Song {number:02}"}, "Year": {"N": str(1960 + number % 4)}}}} for number in range(24)]
        self.assertEqual(self.aws("batch-write-item", "--request-items", json.dumps({"Music": requests})), {"UnprocessedItems": {}})
        # The command line follows the pages itself; --max-items and --page-size make it do so.
        query = ["query", "--table-name", "Music", "--key-condition-expression", "Artist = :a AND begins_with(Song, :s)",
                 "--expression-attribute-values", '{":a": {"S": "Nina"}, ":s": {"S": "Song"}}', "--projection-expression", "Song"]
        songs = [item["Song"]["S"] for item in self.aws(*query, "--page-size", "5", "--no-scan-index-forward")["Items"]]
        self.assertEqual(songs, [f"Song {number:02}" for number in reversed(range(24))])
        first = self.aws(*query, "--max-items", "10")
        rest = self.aws(*query, "--starting-token", first["NextToken"])
        self.assertEqual([item["Song"]["S"] for item in first["Items"] + rest["Items"]], [f"Song {number:02}" for number in range(24)])
        of_year = self.aws("query", "--table-name", "Music", "--index-name", "OfYear", "--key-condition-expression", "#y = :y", "--expression-attribute-names", '{"#y": "Year"}',
                           "--expression-attribute-values", '{":y": {"N": "1961"}}', "--return-consumed-capacity", "INDEXES")
        self.assertEqual(of_year["Count"], 6)
        self.assertEqual(of_year["ConsumedCapacity"]["GlobalSecondaryIndexes"], {"OfYear": {"CapacityUnits": 0.5}})
        segments = [self.aws("scan", "--table-name", "Music", "--total-segments", "2", "--segment", str(segment), "--select", "COUNT")["Count"] for segment in (0, 1)]
        self.assertEqual(sorted(segments), [0, 25])  # One artist is one partition.
        got = self.aws("batch-get-item", "--request-items", json.dumps({"Music": {"Keys": [json.loads(self.key(f"Song {number:02}")) for number in (1, 2, 99)]}}))
        self.assertEqual(len(got["Responses"]["Music"]), 2)
        self.assertEqual(got["UnprocessedKeys"], {})

    def test_5_delete(self):
        answer = self.aws("delete-item", "--table-name", "Music", "--key", self.key("Song 00"), "--return-values", "ALL_OLD")
        self.assertEqual(answer["Attributes"]["Year"], {"N": "1960"})
        self.assertIsNone(self.aws("get-item", "--table-name", "Music", "--key", self.key("Song 00")))

    def test_6_all_is_there_after_a_kill(self):
        self.server.kill()
        self.server.start()
        self.assertEqual(self.aws("scan", "--table-name", "Music", "--select", "COUNT")["Count"], 24)
        self.assertEqual(self.aws("describe-table", "--table-name", "Music")["Table"]["ItemCount"], 24)

    def test_7_delete_table(self):
        self.assertEqual(self.aws("delete-table", "--table-name", "Music")["TableDescription"]["TableStatus"], "DELETING")
        self.aws("wait", "table-not-exists", "--table-name", "Music")
        self.assertEqual(self.aws("list-tables"), {"TableNames": []})


if __name__ == "__main__":
    run_unittest()
