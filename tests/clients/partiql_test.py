#!/usr/bin/env python3
"""boto3 speaks PartiQL: statements with parameters, pages, batches, transactions and their errors."""
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import botocore.config  # noqa: E402
from server import Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

ARTIST, SONG = {"S": "Nina Simone"}, {"S": "Sinnerman"}


class PartiqlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory")
        session = boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        cls.client = session.client(
            "dynamodb", endpoint_url=cls.server.endpoint,
            config=botocore.config.Config(retries={"max_attempts": 0}))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.stop()

    def setUp(self):
        self.client.create_table(**table("Music", "Artist:S Song:S",
                                         global_=[("OfYear", "Year:N Song:S", "ALL")]))

    def tearDown(self):
        self.client.delete_table(TableName="Music")

    def execute(self, statement, *parameters, **options):
        if parameters:
            options["Parameters"] = list(parameters)
        return self.client.execute_statement(Statement=statement, **options)

    def test_a_life_of_an_item(self):
        insert = """INSERT INTO "Music" VALUE {'Artist': ?, 'Song': ?, 'Year': 1965, 'Tags': <<'live'>>}"""
        self.assertEqual(self.execute(insert, ARTIST, SONG)["Items"], [])
        with self.assertRaises(self.client.exceptions.DuplicateItemException) as caught:
            self.execute(insert, ARTIST, SONG)
        self.assertEqual(caught.exception.response["Error"]["Message"],
                         "Duplicate primary key exists in table")
        update = """UPDATE "Music" SET Year = Year + ?, Tags = set_add(Tags, <<'long'>>)
                    WHERE Artist = ? AND Song = ? RETURNING MODIFIED NEW *"""
        changed = self.execute(update, {"N": "1"}, ARTIST, SONG)["Items"]
        self.assertEqual(changed, [{"Year": {"N": "1966"}, "Tags": {"SS": ["live", "long"]}}])
        found = self.execute('SELECT Song FROM "Music"."OfYear" WHERE "Year" = ?', {"N": "1966"})
        self.assertEqual(found["Items"], [{"Song": SONG}])
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.execute('DELETE FROM "Music" WHERE Artist = ? AND Song = ? AND Year < 1960', ARTIST, SONG)
        deleted = self.execute(
            'DELETE FROM "Music" WHERE Artist = ? AND Song = ? RETURNING ALL OLD *', ARTIST, SONG)
        self.assertEqual(deleted["Items"][0]["Song"], SONG)
        self.assertEqual(self.execute('SELECT * FROM "Music"')["Items"], [])

    def test_pages(self):
        self.client.batch_execute_statement(Statements=[
            {"Statement": 'INSERT INTO "Music" VALUE {\'Artist\': ?, \'Song\': ?}',
             "Parameters": [ARTIST, {"S": f"{i:02}"}]} for i in range(25)])
        options, songs, pages = {"Limit": 4}, [], 0
        while True:
            page = self.execute('SELECT Song FROM "Music" WHERE Artist = ? ORDER BY Song DESC', ARTIST, **options)
            songs += [item["Song"]["S"] for item in page["Items"]]
            pages += 1
            if "NextToken" not in page:
                break
            options["NextToken"] = page["NextToken"]
        self.assertEqual(songs, [f"{i:02}" for i in reversed(range(25))])
        self.assertEqual(pages, 7)

    def test_batch(self):
        def statement(text, *parameters):
            return {"Statement": text, "Parameters": list(parameters)} if parameters else {"Statement": text}

        insert = 'INSERT INTO "Music" VALUE {\'Artist\': ?, \'Song\': ?}'
        written = self.client.batch_execute_statement(
            Statements=[statement(insert, ARTIST, SONG), statement(insert, ARTIST, {"S": "b"}), statement("nonsense")])
        self.assertEqual(
            written["Responses"],
            [{"TableName": "Music"}, {"TableName": "Music"},
             {"Error": {"Code": "ValidationError",
                        "Message": "Statement wasn't well formed, can't be processed: Expected data manipulation"}}])
        select = 'SELECT Song FROM "Music" WHERE Artist = ? AND Song = ?'
        read = self.client.batch_execute_statement(
            Statements=[statement(select, ARTIST, SONG), statement(select, ARTIST, {"S": "c"})])
        self.assertEqual(read["Responses"],
                         [{"TableName": "Music", "Item": {"Song": SONG}}, {"TableName": "Music"}])

    def test_transaction(self):
        insert = 'INSERT INTO "Music" VALUE {\'Artist\': ?, \'Song\': ?, \'Plays\': 0}'
        self.client.execute_transaction(TransactStatements=[
            {"Statement": insert, "Parameters": [ARTIST, {"S": song}]} for song in "ab"])
        play = {"Statement": 'UPDATE "Music" SET Plays = Plays + 1 WHERE Artist = ? AND Song = ?',
                "Parameters": [ARTIST, {"S": "a"}]}
        unplayed = {"Statement": 'EXISTS(SELECT * FROM "Music" WHERE Artist = ? AND Song = ? AND Plays = 0)',
                    "Parameters": [ARTIST, {"S": "b"}]}
        for _ in range(2):  # boto3 sends a token of its own each time: two transactions.
            self.client.execute_transaction(TransactStatements=[play, unplayed])
        for _ in range(2):  # And here one, sent twice.
            self.client.execute_transaction(TransactStatements=[play], ClientRequestToken="once")
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.execute_transaction(TransactStatements=[
                play, {"Statement": insert, "Parameters": [ARTIST, {"S": "b"}]}])
        reasons = caught.exception.response["CancellationReasons"]
        self.assertEqual([reason["Code"] for reason in reasons], ["None", "DuplicateItem"])
        select = 'SELECT Plays FROM "Music" WHERE Artist = ? AND Song = ?'
        read = self.client.execute_transaction(TransactStatements=[
            {"Statement": select, "Parameters": [ARTIST, {"S": song}]} for song in "abc"])
        self.assertEqual(read["Responses"], [{"Item": {"Plays": {"N": "3"}}}, {"Item": {"Plays": {"N": "0"}}}, {}])

    def test_keys_narrow_what_is_read_and_not_what_is_found(self):
        """Random clauses on keys find what they find where the same attributes are no keys: there
        every item is read."""
        chance = random.Random(20261121)
        items = [{"id": {"S": f"{p}{s}"}, "Artist": {"S": p}, "Song": {"S": str(s)}, "v": {"N": str(s % 3)}}
                 for p in "abcd" for s in range(8)]
        self.client.create_table(**table("Plain", "id:S"))
        for name in ("Music", "Plain"):
            for start in range(0, len(items), 25):
                self.client.batch_write_item(RequestItems={
                    name: [{"PutRequest": {"Item": item}} for item in items[start:start + 25]]})
        refused = 0
        for _ in range(200):
            clause = random_clause(chance, 3)
            expected = self.ids(f"SELECT id FROM Plain WHERE {clause}", None)
            try:
                found = self.ids(f"SELECT id FROM Music WHERE {clause}", chance.choice([None, 1, 3, 7]))
            except self.client.exceptions.ClientError as error:
                self.assertIn("Overlapping conditions", error.response["Error"]["Message"], clause)
                refused += 1
                continue
            self.assertEqual(sorted(found), sorted(expected), clause)
        self.assertLess(refused, 50)
        self.client.delete_table(TableName="Plain")

    def ids(self, statement, limit):
        options, ids = {"Limit": limit} if limit else {}, []
        while True:
            page = self.execute(statement, **options)
            ids += [item["id"]["S"] for item in page["Items"]]
            if "NextToken" not in page:
                return ids
            options["NextToken"] = page["NextToken"]


def random_clause(chance, depth):
    if depth and chance.random() < 0.7:
        parts = [random_clause(chance, depth - 1) for _ in range(chance.randint(2, 3))]
        joined = chance.choice([" AND ", " OR "]).join(parts)
        return f"NOT ({joined})" if chance.random() < 0.1 else f"({joined})"
    song = lambda: f"'{chance.randint(0, 8)}'"  # noqa: E731
    artist = lambda: f"'{chance.choice('abcde')}'"  # noqa: E731
    return chance.choice([
        lambda: f"Artist = {artist()}",
        lambda: f"Artist = {artist()}",
        lambda: f"Artist IN ({artist()}, {artist()})",
        lambda: f"Song {chance.choice(['=', '<', '<=', '>', '>=', '<>'])} {song()}",
        lambda: f"Song BETWEEN '1' AND {chance.choice(['1', '2', '5'])!r}",
        lambda: f"Song IN [{song()}, {song()}, {song()}]",
        lambda: f"{song()} <= Song",
        lambda: f"begins_with(Song, {song()})",
        lambda: f"v = {chance.randint(0, 3)}",
        lambda: f"Artist <> {artist()}"])()


if __name__ == "__main__":
    run_unittest()
