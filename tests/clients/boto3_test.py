#!/usr/bin/env python3
"""boto3 does the work: its client, its resource with conditions and pagers, its errors."""
import datetime
import decimal
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import boto3.dynamodb.conditions as conditions  # noqa: E402
import botocore.config  # noqa: E402
import botocore.exceptions  # noqa: E402
from boto3.dynamodb.types import Binary, TypeSerializer  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

Attr, Key = conditions.Attr, conditions.Key
MUSIC = table("Music", "Artist:S Song:S", local=[("ByYear", "Artist:S Year:N", "ALL"), ("ByAlbum", "Artist:S Album:S", "KEYS_ONLY")],
              global_=[("OfYear", "Year:N Song:S", ["Album"]), ("OfGenre", "Genre:S", "ALL")])


def session_of(server):
    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
    config = botocore.config.Config(retries={"max_attempts": 0}, max_pool_connections=50)
    return (session.client("dynamodb", endpoint_url=server.endpoint, config=config),
            session.resource("dynamodb", endpoint_url=server.endpoint, config=config))


class Boto3Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory")
        cls.client, cls.resource = session_of(cls.server)
        cls.client.create_table(**MUSIC)
        cls.client.create_table(**table("plain", "p:S"))
        cls.client.create_table(**table("ranged", "p:S s:N"))
        cls.client.get_waiter("table_exists").wait(TableName="Music", WaiterConfig={"Delay": 1})

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.resource.meta.client.close()
        cls.server.stop()

    def refused(self, name, message, call, **parameters):
        """The error of that class, with that message; returns its whole answer."""
        expected = getattr(self.client.exceptions, name, botocore.exceptions.ClientError)
        with self.assertRaises(expected) as caught:
            call(**parameters)
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], name)
        self.assertEqual(answer["Error"]["Message"], message)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertEqual(len(answer["ResponseMetadata"]["RequestId"]), 52)
        return answer


class TableTest(Boto3Test):
    def test_description(self):
        music = self.client.describe_table(TableName="Music")["Table"]
        self.assertEqual(music["TableStatus"], "ACTIVE")
        self.assertEqual(music["TableArn"], "arn:aws:dynamodb:eu-west-1:000000000000:table/Music")
        self.assertEqual(music["KeySchema"], MUSIC["KeySchema"])
        self.assertCountEqual(music["AttributeDefinitions"], MUSIC["AttributeDefinitions"])
        self.assertEqual(music["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        indexes = {index["IndexName"]: index for index in music["LocalSecondaryIndexes"] + music["GlobalSecondaryIndexes"]}
        self.assertEqual(sorted(indexes), ["ByAlbum", "ByYear", "OfGenre", "OfYear"])
        for given in MUSIC["LocalSecondaryIndexes"] + MUSIC["GlobalSecondaryIndexes"]:
            index = indexes[given["IndexName"]]
            self.assertEqual(index["KeySchema"], given["KeySchema"])
            self.assertEqual(index["Projection"], given["Projection"])
            self.assertEqual(index["IndexArn"], music["TableArn"] + "/index/" + given["IndexName"])

    def test_provisioned(self):
        self.client.create_table(**table("provisioned", "p:S", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}))
        described = self.resource.Table("provisioned")
        self.assertEqual(described.provisioned_throughput["ReadCapacityUnits"], 3)
        self.assertEqual(described.provisioned_throughput["WriteCapacityUnits"], 4)
        described.delete()
        described.wait_until_not_exists()

    def test_listing_in_pages(self):
        for number in range(7):
            self.client.create_table(**table(f"listed{number}", "p:S"))
        names = [name for page in self.client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2}) for name in page["TableNames"]]
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({f"listed{number}" for number in range(7)}, set(names))
        for number in range(7):
            self.client.delete_table(TableName=f"listed{number}")

    def test_counts_are_live(self):
        self.client.create_table(**table("counted", "p:S", global_=[("byg", "g:S", "ALL")]))
        for number in range(5):
            self.client.put_item(TableName="counted", Item={"p": {"S": str(number)}, **({"g": {"S": "g"}} if number % 2 else {})})
        described = self.client.describe_table(TableName="counted")["Table"]
        self.assertEqual((described["ItemCount"], described["GlobalSecondaryIndexes"][0]["ItemCount"]), (5, 2))
        self.assertEqual(described["TableSizeBytes"], 5 * 2 + 2 * 2)
        self.client.delete_table(TableName="counted")

    def test_errors(self):
        self.refused("ResourceInUseException", "Table already exists: Music", self.client.create_table, **MUSIC)
        self.refused("ResourceNotFoundException", "Requested resource not found: Table: absent not found", self.client.describe_table, TableName="absent")
        self.refused("ResourceNotFoundException", "Requested resource not found: Table: absent not found", self.client.delete_table, TableName="absent")


class ItemTest(Boto3Test):
    def test_every_type_through_the_resource(self):
        item = {"p": "types", "s": "é𝄞", "n": decimal.Decimal("-1.5"), "b": Binary(b"\x00\xff"), "t": True, "none": None, "l": [decimal.Decimal(1), "x", [], {}],
                "m": {"a": {"b": [decimal.Decimal("1E-130")]}}, "ss": {"a", "b"}, "ns": {decimal.Decimal(1), decimal.Decimal("2.5")}, "bs": {Binary(b"a")}}
        plain = self.resource.Table("plain")
        plain.put_item(Item=item)
        self.assertEqual(plain.get_item(Key={"p": "types"}, ConsistentRead=True)["Item"], item)

    def test_big_numbers_are_exact(self):
        plain = self.resource.Table("plain")
        for number in ("12345678901234567890123456789012345678", "1E+37", "-1E-130", "0.1"):
            plain.put_item(Item={"p": "number", "n": decimal.Decimal(number)})
            self.assertEqual(plain.get_item(Key={"p": "number"})["Item"]["n"], decimal.Decimal(number))

    def test_conditional_writes(self):
        plain = self.resource.Table("plain")
        plain.delete_item(Key={"p": "once"})
        plain.put_item(Item={"p": "once", "n": 1}, ConditionExpression=Attr("p").not_exists())
        self.refused("ConditionalCheckFailedException", "The conditional request failed", plain.put_item,
                     Item={"p": "once", "n": 2}, ConditionExpression=Attr("p").not_exists())
        for good in (Attr("n").eq(1), Attr("n").between(0, 1) & Attr("q").not_exists(), Attr("n").is_in([5, 1]), ~Attr("n").gt(1) | Attr("n").lt(0),
                     Attr("p").begins_with("on"), Attr("p").contains("nc"), Attr("p").size().eq(4), Attr("n").attribute_type("N"), Attr("n").ne("1")):
            plain.put_item(Item={"p": "once", "n": 1}, ConditionExpression=good)
        self.refused("ConditionalCheckFailedException", "The conditional request failed", plain.delete_item, Key={"p": "once"}, ConditionExpression=Attr("n").gt(1))
        gone = plain.delete_item(Key={"p": "once"}, ConditionExpression=Attr("n").eq(1), ReturnValues="ALL_OLD")
        self.assertEqual(gone["Attributes"], {"p": "once", "n": 1})

    def test_update_expressions(self):
        plain = self.resource.Table("plain")
        plain.delete_item(Key={"p": "u"})

        def update(expression, values=None, names=None, returned="ALL_NEW", **more):
            parameters = {"Key": {"p": "u"}, "UpdateExpression": expression, "ReturnValues": returned, **more}
            if values:
                parameters["ExpressionAttributeValues"] = values
            if names:
                parameters["ExpressionAttributeNames"] = names
            return plain.update_item(**parameters).get("Attributes")

        self.assertEqual(update("SET n = :n, l = :l, m = :m, tags = :t", {":n": 1, ":l": ["a"], ":m": {"k": 1}, ":t": {"x"}}),
                         {"p": "u", "n": 1, "l": ["a"], "m": {"k": 1}, "tags": {"x"}})
        self.assertEqual(update("SET n = n + :d, fresh = if_not_exists(fresh, :d)", {":d": decimal.Decimal("0.5")}, returned="UPDATED_NEW"),
                         {"n": decimal.Decimal("1.5"), "fresh": decimal.Decimal("0.5")})
        self.assertEqual(update("SET l = list_append(l, :l), m.#k = m.k - :one", {":l": ["b"], ":one": 1}, {"#k": "k2"}, "UPDATED_NEW"), {"l": ["a", "b"], "m": {"k2": 0}})
        self.assertEqual(update("ADD n :one, tags :t", {":one": 1, ":t": {"y", "z"}}, returned="UPDATED_NEW"), {"n": decimal.Decimal("2.5"), "tags": {"x", "y", "z"}})
        self.assertEqual(update("DELETE tags :t", {":t": {"x", "nothing"}}, returned="UPDATED_OLD"), {"tags": {"x", "y", "z"}})
        self.assertEqual(update("REMOVE l[0], m.k, fresh", returned="ALL_NEW"), {"p": "u", "n": decimal.Decimal("2.5"), "l": ["b"], "m": {"k2": 0}, "tags": {"y", "z"}})
        self.assertEqual(update("SET #n = :v REMOVE l ADD c :one DELETE tags :t", {":v": "w", ":one": 1, ":t": {"y", "z"}}, {"#n": "name"}),
                         {"p": "u", "n": decimal.Decimal("2.5"), "m": {"k2": 0}, "name": "w", "c": 1})
        self.refused("ConditionalCheckFailedException", "The conditional request failed", update, expression="SET n = :v", values={":v": 1}, ConditionExpression=Attr("n").eq(7))

    def test_legacy_update(self):
        self.client.delete_item(TableName="plain", Key={"p": {"S": "legacy"}})
        self.client.update_item(TableName="plain", Key={"p": {"S": "legacy"}}, AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "2"}}, "x": {"Value": {"S": "x"}}})
        answer = self.client.update_item(TableName="plain", Key={"p": {"S": "legacy"}}, AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "2"}}, "x": {"Action": "DELETE"}}, ReturnValues="ALL_NEW")
        self.assertEqual(answer["Attributes"], {"p": {"S": "legacy"}, "n": {"N": "4"}})

    def test_projection(self):
        plain = self.resource.Table("plain")
        plain.put_item(Item={"p": "proj", "a": {"b": [1, 2, {"c": 3}]}, "z": 1})
        self.assertEqual(plain.get_item(Key={"p": "proj"}, ProjectionExpression="a.b[2].c, z")["Item"], {"a": {"b": [{"c": 3}]}, "z": 1})

    def test_capacity(self):
        answer = self.client.put_item(TableName="Music", Item={"Artist": {"S": "cap"}, "Song": {"S": "s"}, "Year": {"N": "1"}}, ReturnConsumedCapacity="INDEXES", ReturnItemCollectionMetrics="SIZE")
        self.assertEqual(answer["ConsumedCapacity"], {"TableName": "Music", "CapacityUnits": 3.0, "Table": {"CapacityUnits": 1.0},
                                                      "LocalSecondaryIndexes": {"ByYear": {"CapacityUnits": 1.0}}, "GlobalSecondaryIndexes": {"OfYear": {"CapacityUnits": 1.0}}})
        self.assertEqual(answer["ItemCollectionMetrics"], {"ItemCollectionKey": {"Artist": {"S": "cap"}}, "SizeEstimateRangeGB": [0.0, 1.0]})

    def test_errors(self):
        put, get = self.client.put_item, self.client.get_item
        self.refused("ResourceNotFoundException", "Requested resource not found", get, TableName="absent", Key={"p": {"S": "a"}})
        self.refused("ValidationException", "The provided key element does not match the schema", get, TableName="plain", Key={"q": {"S": "a"}})
        self.refused("ValidationException", "One or more parameter values were invalid: Missing the key p in the item", put, TableName="plain", Item={"q": {"S": "a"}})
        self.refused("ValidationException", "Item size has exceeded the maximum allowed size", put, TableName="plain", Item={"p": {"S": "a"}, "x": {"S": "x" * 409600}})
        self.refused("ValidationException", "1 validation error detected: The parameter cannot be converted to a numeric value: x", put, TableName="plain", Item={"p": {"S": "a"}, "n": {"N": "x"}})
        self.refused("ValidationException", "1 validation error detected: Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name",
                     self.client.update_item, TableName="plain", Key={"p": {"S": "a"}}, UpdateExpression="SET name = :v", ExpressionAttributeValues={":v": {"S": "x"}})

    def test_errors_that_botocore_itself_would_prevent(self):
        """Types that it would not let through; requests that nobody signed."""
        def client(**options):
            return boto3.client("dynamodb", endpoint_url=self.server.endpoint, region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test",
                                config=botocore.config.Config(retries={"max_attempts": 0}, **options))

        careless = client(parameter_validation=False)
        self.refused("SerializationException", "NUMBER_VALUE cannot be converted to String", careless.get_item, TableName="plain", Key={"p": {"S": 5}})
        careless.close()
        newer = client()  # Than the server: it asks for what nobody knows.
        newer.meta.events.register("before-call.dynamodb.ListTables",
                                   lambda params, **_: params["headers"].update({"X-Amz-Target": "DynamoDB_20120810.NoSuchOperation"}))
        self.refused("UnknownOperationException", "", newer.list_tables)
        newer.close()
        unsigned = client(signature_version=botocore.UNSIGNED)
        self.refused("MissingAuthenticationTokenException", "Request is missing Authentication Token", unsigned.list_tables)
        unsigned.close()


class ReadTest(Boto3Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        music = cls.resource.Table("Music")
        with music.batch_writer() as batch:
            for artist in range(4):
                for song in range(60):
                    item = {"Artist": f"artist{artist}", "Song": f"song{song:03}", "Album": f"album{song // 10}", "Year": 1960 + song % 7, "Seconds": song * 10}
                    if song % 3 == 0:
                        item["Genre"] = "rock"
                    batch.put_item(Item=item)
        ranged = cls.resource.Table("ranged")
        with ranged.batch_writer(overwrite_by_pkeys=["p", "s"]) as batch:
            for number in range(-20, 21):
                batch.put_item(Item={"p": "a", "s": number, "x": "x" * 100})

    def all_of(self, operation, **parameters):
        pages = list(self.client.get_paginator(operation).paginate(**parameters))
        return [item for page in pages for item in page["Items"]], len(pages)

    def test_query_both_ways_with_paging(self):
        for forward in (True, False):
            items, pages = self.all_of("query", TableName="ranged", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "a"}},
                                       ScanIndexForward=forward, PaginationConfig={"PageSize": 7})
            numbers = [int(item["s"]["N"]) for item in items]
            self.assertEqual(numbers, sorted(range(-20, 21), reverse=not forward))
            self.assertEqual(pages, 6)

    def test_query_with_conditions(self):
        ranged = self.resource.Table("ranged")
        for condition, expected in ((Key("s").lt(-18), [-20, -19]), (Key("s").lte(-19), [-20, -19]), (Key("s").gt(18), [19, 20]), (Key("s").gte(20), [20]),
                                    (Key("s").between(-1, 1), [-1, 0, 1]), (Key("s").eq(5), [5])):
            answer = ranged.query(KeyConditionExpression=Key("p").eq("a") & condition)
            self.assertEqual([int(item["s"]) for item in answer["Items"]], expected)
        music = self.resource.Table("Music")
        answer = music.query(KeyConditionExpression=Key("Artist").eq("artist1") & Key("Song").begins_with("song05"), FilterExpression=Attr("Seconds").gte(550), ProjectionExpression="Song")
        self.assertEqual([item["Song"] for item in answer["Items"]], [f"song{n:03}" for n in range(55, 60)])
        self.assertEqual((answer["Count"], answer["ScannedCount"]), (5, 10))

    def test_local_index(self):
        items, _ = self.all_of("query", TableName="Music", IndexName="ByYear", KeyConditionExpression="Artist = :a AND #y >= :y", ExpressionAttributeNames={"#y": "Year"},
                               ExpressionAttributeValues={":a": {"S": "artist0"}, ":y": {"N": "1965"}}, PaginationConfig={"PageSize": 3})
        years = [int(item["Year"]["N"]) for item in items]
        self.assertEqual(years, sorted(years))
        self.assertEqual(len(items), sum(1 for song in range(60) if song % 7 >= 5))
        answer = self.client.query(TableName="Music", IndexName="ByAlbum", KeyConditionExpression="Artist = :a AND Album = :b", Select="ALL_ATTRIBUTES",
                                   ExpressionAttributeValues={":a": {"S": "artist0"}, ":b": {"S": "album3"}})
        self.assertEqual(answer["Count"], 10)
        self.assertTrue(all("Seconds" in item for item in answer["Items"]))

    def test_global_index(self):
        items, pages = self.all_of("query", TableName="Music", IndexName="OfGenre", KeyConditionExpression="Genre = :g", ExpressionAttributeValues={":g": {"S": "rock"}}, PaginationConfig={"PageSize": 9})
        self.assertEqual(len({(item["Artist"]["S"], item["Song"]["S"]) for item in items}), 80)
        self.assertEqual((len(items), pages), (80, 9))
        items, _ = self.all_of("query", TableName="Music", IndexName="OfYear", KeyConditionExpression="#y = :y", ExpressionAttributeNames={"#y": "Year"},
                               ExpressionAttributeValues={":y": {"N": "1960"}}, ScanIndexForward=False)
        songs = [item["Song"]["S"] for item in items]
        self.assertEqual(songs, sorted(songs, reverse=True))
        self.assertEqual(set(items[0]), {"Artist", "Song", "Year", "Album"})

    def test_parallel_scan(self):
        whole = {(item["Artist"]["S"], item["Song"]["S"]) for item in self.all_of("scan", TableName="Music")[0] if item["Artist"]["S"] != "cap"}
        for total in (1, 3, 8):
            seen = []
            for segment in range(total):
                seen += [(item["Artist"]["S"], item["Song"]["S"]) for item in self.all_of("scan", TableName="Music", TotalSegments=total, Segment=segment, PaginationConfig={"PageSize": 11})[0]]
            self.assertEqual(len(seen), len(set(seen)))
            self.assertEqual({name for name in seen if name[0] != "cap"}, whole)
        self.assertEqual(len(whole), 240)

    def test_scan_with_filter_and_legacy_filter(self):
        items, _ = self.all_of("scan", TableName="Music", FilterExpression="Seconds > :s AND attribute_not_exists(Genre)", ExpressionAttributeValues={":s": {"N": "560"}})
        self.assertEqual(len(items), 4 * 2)
        items, _ = self.all_of("scan", TableName="Music", ScanFilter={"Seconds": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "560"}]}, "Genre": {"ComparisonOperator": "NULL"}})
        self.assertEqual(len(items), 4 * 2)
        answer = self.client.query(TableName="ranged", KeyConditions={"p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}, "s": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "-18"}]}})
        self.assertEqual(answer["Count"], 2)

    def test_megabyte_pages(self):
        self.client.create_table(**table("wide", "p:S s:N"))
        for number in range(12):
            self.client.put_item(TableName="wide", Item={"p": {"S": "a"}, "s": {"N": str(number)}, "x": {"S": "x" * 300_000}})
        for parameters in ({"operation": "scan"}, {"operation": "query", "KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": "a"}}}):
            items, pages = self.all_of(TableName="wide", **parameters)
            self.assertEqual([int(item["s"]["N"]) for item in items], list(range(12)))
            self.assertGreaterEqual(pages, 3)
        counted = sum(page["Count"] for page in self.client.get_paginator("scan").paginate(TableName="wide", Select="COUNT"))
        self.assertEqual(counted, 12)
        self.client.delete_table(TableName="wide")

    def test_errors(self):
        query = self.client.query
        self.refused("ValidationException", "Query condition missed key schema element: p", query, TableName="ranged", KeyConditionExpression="s = :s", ExpressionAttributeValues={":s": {"N": "1"}})
        self.refused("ValidationException", "The table does not have the specified index: nope", query, TableName="ranged", IndexName="nope", KeyConditionExpression="p = :p",
                     ExpressionAttributeValues={":p": {"S": "1"}})
        self.refused("ResourceNotFoundException", "Requested resource not found", self.client.scan, TableName="absent")


class BatchTest(Boto3Test):
    def test_write_and_get_through_the_resource(self):
        with self.resource.Table("plain").batch_writer() as batch:
            for number in range(70):
                batch.put_item(Item={"p": f"b{number}", "n": number})
        answer = self.resource.batch_get_item(RequestItems={"plain": {"Keys": [{"p": f"b{number}"} for number in range(0, 100)], "ProjectionExpression": "n"}})
        self.assertEqual(sorted(int(item["n"]) for item in answer["Responses"]["plain"]), list(range(70)))
        with self.resource.Table("plain").batch_writer() as batch:
            for number in range(70):
                batch.delete_item(Key={"p": f"b{number}"})
        answer = self.resource.batch_get_item(RequestItems={"plain": {"Keys": [{"p": "b1"}]}})
        self.assertEqual(answer["Responses"], {"plain": []})

    def test_unprocessed_keys_beyond_16_mb(self):
        self.client.create_table(**table("heavy", "p:N"))
        for number in range(60):
            self.client.put_item(TableName="heavy", Item={"p": {"N": str(number)}, "x": {"B": b"\x01" * 390_000}})
        wanted = {"heavy": {"Keys": [{"p": {"N": str(number)}} for number in range(60)], "ConsistentRead": True, "ProjectionExpression": "p, x"}}
        seen, rounds = [], 0
        while wanted:
            answer = self.client.batch_get_item(RequestItems=wanted)
            page = answer["Responses"]["heavy"]
            self.assertTrue(page)
            self.assertLessEqual(sum(len(item["x"]["B"]) for item in page), 16 * 1024 * 1024)
            seen += [int(item["p"]["N"]) for item in page]
            wanted = answer["UnprocessedKeys"]
            if wanted:
                self.assertEqual(wanted["heavy"]["ConsistentRead"], True)
                self.assertEqual(wanted["heavy"]["ProjectionExpression"], "p, x")
            rounds += 1
        self.assertEqual(sorted(seen), list(range(60)))
        self.assertEqual(rounds, 2)
        self.client.delete_table(TableName="heavy")

    def test_errors(self):
        serialize = TypeSerializer().serialize
        same = [{"PutRequest": {"Item": {"p": serialize("same")}}}] * 2
        self.refused("ValidationException", "Provided list of item keys contains duplicates", self.client.batch_write_item, RequestItems={"plain": same})
        self.refused("ResourceNotFoundException", "Requested resource not found", self.client.batch_get_item, RequestItems={"absent": {"Keys": [{"p": {"S": "a"}}]}})


class UpdateTableTest(Boto3Test):
    def index_of(self, name, index):
        described = self.client.describe_table(TableName=name)["Table"]
        found = [each for each in described.get("GlobalSecondaryIndexes", ()) if each["IndexName"] == index]
        return described, found[0] if found else None

    def wait_for_index(self, name, index, there=True):
        """As infrastructure tools poll: the table is ACTIVE, and the index is, or is gone."""
        seen = []
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            described, found = self.index_of(name, index)
            seen.append((described["TableStatus"], found and found["IndexStatus"], found and found.get("Backfilling")))
            if described["TableStatus"] == "ACTIVE" and (found["IndexStatus"] == "ACTIVE" if there and found else not there and not found):
                return seen
            time.sleep(0.01)
        self.fail(f"the index is not settled: {seen[-3:]}")

    def test_an_index_comes_and_goes_while_items_are_written(self):
        self.client.create_table(**table("growing", "p:S"))
        growing = self.resource.Table("growing")
        with growing.batch_writer() as batch:
            for number in range(1500):
                batch.put_item(Item={"p": str(number), "town": f"t{number % 3}", "n": number})
        answer = growing.meta.client.update_table(
            TableName="growing", AttributeDefinitions=[{"AttributeName": "town", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": "ByTown", "KeySchema": [{"AttributeName": "town", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}])
        self.assertEqual(answer["TableDescription"]["TableStatus"], "UPDATING")
        self.assertEqual(answer["TableDescription"]["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING")
        for number in range(1500, 1530):
            growing.put_item(Item={"p": str(number), "town": "t0"})
            growing.delete_item(Key={"p": str(number - 1500)})
        # The waiter knows of tables only: here it waits for the index, too.
        self.client.get_waiter("table_exists").wait(TableName="growing", WaiterConfig={"Delay": 1})
        described, index = self.index_of("growing", "ByTown")
        self.assertEqual((described["TableStatus"], index["IndexStatus"], index["ItemCount"]), ("ACTIVE", "ACTIVE", 1500))
        self.assertNotIn("Backfilling", index)
        found = growing.query(IndexName="ByTown", KeyConditionExpression=Key("town").eq("t0"))
        self.assertEqual(found["Count"], 500 + 30 - 10)
        self.client.update_table(TableName="growing", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "ByTown"}}])
        self.wait_for_index("growing", "ByTown", there=False)
        self.refused("ValidationException", "The table does not have the specified index: ByTown", self.client.query, TableName="growing", IndexName="ByTown",
                     KeyConditionExpression="town = :t", ExpressionAttributeValues={":t": {"S": "t0"}})

    def test_settings(self):
        self.client.create_table(**table("set", "p:S"))
        self.client.update_table(TableName="set", TableClass="STANDARD_INFREQUENT_ACCESS")
        described = self.client.describe_table(TableName="set")["Table"]
        self.assertEqual(described["TableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS")
        self.client.update_table(TableName="set", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 3})
        self.client.update_table(TableName="set", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 3})
        throughput = self.client.describe_table(TableName="set")["Table"]["ProvisionedThroughput"]
        self.assertEqual((throughput["NumberOfDecreasesToday"], throughput["ReadCapacityUnits"]), (1, 1))
        self.assertIsInstance(throughput["LastDecreaseDateTime"], datetime.datetime)

    def test_one_change_at_a_time_where_changes_take_their_time(self):
        with Server("--in-memory", "--updateTableMs", "400") as slow:
            client, _ = session_of(slow)
            client.create_table(**table("slow", "p:S"))
            client.put_item(TableName="slow", Item={"p": {"S": "a"}, "g": {"S": "x"}})
            client.update_table(TableName="slow", AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
                                GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": "ByG", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}])
            described = client.describe_table(TableName="slow")["Table"]
            index = described["GlobalSecondaryIndexes"][0]
            self.assertEqual((described["TableStatus"], index["IndexStatus"], index["Backfilling"]), ("UPDATING", "CREATING", False))
            client.put_item(TableName="slow", Item={"p": {"S": "b"}, "g": {"S": "x"}})
            for error, call in ((client.exceptions.ResourceInUseException, lambda: client.update_table(TableName="slow", TableClass="STANDARD")),
                                (client.exceptions.ResourceInUseException, lambda: client.delete_table(TableName="slow")),
                                (botocore.exceptions.ClientError, lambda: client.scan(TableName="slow", IndexName="ByG"))):
                with self.assertRaises(error) as caught:
                    call()
            self.assertEqual(caught.exception.response["Error"]["Message"], "Cannot read from backfilling global secondary index: ByG")
            client.get_waiter("table_exists").wait(TableName="slow", WaiterConfig={"Delay": 1})
            self.assertEqual(client.scan(TableName="slow", IndexName="ByG")["Count"], 2)
            client.close()

    def test_throughput_goes_down_four_times_a_day(self):
        units = lambda n: {"ReadCapacityUnits": 1, "WriteCapacityUnits": n}
        self.client.create_table(**{**table("sinking", "p:S"), "BillingMode": "PROVISIONED", "ProvisionedThroughput": units(9)})
        for n in range(8, 4, -1):
            self.client.update_table(TableName="sinking", ProvisionedThroughput=units(n))
        with self.assertRaises(self.client.exceptions.LimitExceededException) as caught:
            self.client.update_table(TableName="sinking", ProvisionedThroughput=units(4))
        self.assertIn("Number of decreases today: 4. Last decrease at ", caught.exception.response["Error"]["Message"])
        self.client.update_table(TableName="sinking", ProvisionedThroughput=units(20))


class ThrottledTest(unittest.TestCase):
    """A server that holds tables to their throughput: clients that send what was left again get through."""
    UNITS = 20

    def setUp(self):
        self.server = Server("--in-memory", "--throttle", "--throttle-burst", "1")
        self.client, self.resource = session_of(self.server)
        self.client.create_table(**{**table("narrow", "p:S"), "BillingMode": "PROVISIONED",
                                    "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": self.UNITS}})

    def tearDown(self):
        self.client.close()
        self.resource.meta.client.close()
        self.server.stop()

    def test_a_single_write_is_refused_with_its_reason(self):
        too_much = self.client.exceptions.ProvisionedThroughputExceededException
        with self.assertRaises(too_much) as caught:
            for i in range(1000):
                self.client.put_item(TableName="narrow", Item={"p": {"S": str(i)}})
        self.assertGreaterEqual(i, self.UNITS)
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Message"], "The level of configured provisioned throughput for the table was exceeded. Consider "
                                                     "increasing your provisioning level with the UpdateTable API.")
        self.assertEqual(self.client.get_item(TableName="narrow", Key={"p": {"S": "0"}})["Item"]["p"]["S"], "0")

    def test_a_batch_leaves_items_unprocessed_until_they_are_sent_again(self):
        wanted = [{"PutRequest": {"Item": {"p": {"S": str(i)}, "filler": {"S": "x" * 1500}}}} for i in range(25)]  # Two units each.
        left, calls = {"narrow": wanted}, []
        deadline = time.monotonic() + 30
        while left and time.monotonic() < deadline:
            try:
                given = left
                left = self.client.batch_write_item(RequestItems=given)["UnprocessedItems"]
            except self.client.exceptions.ProvisionedThroughputExceededException:
                continue  # Not one of them could be written.
            calls.append((len(given["narrow"]), len(left.get("narrow", ()))))
        self.assertEqual(left, {})
        self.assertGreater(len(calls), 1)
        for given, kept in calls:
            self.assertLess(kept, given)
        self.assertEqual(self.client.scan(TableName="narrow", Select="COUNT")["Count"], 25)


if __name__ == "__main__":
    run_unittest()
