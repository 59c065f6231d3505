"""The stream of the crash test's table: every change that was made has exactly one record, in the
order of the item's changes, with the item before and after it.

A consumer follows the stream while the writers write, as long as the server lives, and goes on
after the restart: sometimes with the iterator that the dead server gave out, sometimes behind the
last sequence number it has seen.
"""
import collections
import json

from crash_support import Fault, Load, name_of, shown

ROUNDS_MAX = 10_000


def call(client, operation, parameters):
    reply = client.send("DynamoDBStreams_20120810." + operation, json.dumps(parameters).encode())
    if reply.status != 200:
        failure = Fault(f"{operation}: {reply.status} {reply.raw[:300]!r}")
        failure.reply = reply
        raise failure
    return reply.body


class StreamPart:
    """`writers()` gives those whose `changes` are to be found: (name, item before, item after)."""

    def __init__(self, table, writers, random):
        self.table = table
        self.writers = writers
        self.random = random
        self.iterators = {}  # Shard -> where to go on. Absent: at its beginning.
        self.last = {}  # Shard -> the last sequence number seen.
        self.records = []  # Since the last check.
        self.seen = 0
        self.events = set()

    def tables(self):
        return []

    def prepare(self, client):
        pass

    def threads(self, number):
        return [Load(self.follow)] if number % 3 else []

    def follow(self, client):
        """Reads on and on."""
        while True:
            self.read_on(client)

    def shards(self, client):
        arn = client.ok("DescribeTable", {"TableName": self.table})["Table"]["LatestStreamArn"]
        parameters = {"StreamArn": arn}
        shards = []
        for _ in range(ROUNDS_MAX):
            description = call(client, "DescribeStream", parameters)["StreamDescription"]
            shards += [shard["ShardId"] for shard in description["Shards"]]
            if "LastEvaluatedShardId" not in description:
                return arn, shards
            parameters["ExclusiveStartShardId"] = description["LastEvaluatedShardId"]
        raise Fault("the shards of the stream do not end")

    def read_on(self, client):
        """To the end of each shard, parents first."""
        arn, shards = self.shards(client)
        for shard in shards:
            iterator = self.iterators.get(shard)
            if iterator == "closed":
                continue
            if iterator is None or self.random.random() < 0.3:
                iterator = self.iterator(client, arn, shard)
            for _ in range(ROUNDS_MAX):
                page = call(client, "GetRecords", {"ShardIterator": iterator})
                for record in page["Records"]:
                    self.take(shard, record)
                iterator = self.iterators[shard] = page.get("NextShardIterator", "closed")
                if iterator == "closed" or not page["Records"]:
                    break

    def iterator(self, client, arn, shard):
        parameters = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        if shard in self.last:
            parameters.update(ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=self.last[shard])
        return call(client, "GetShardIterator", parameters)["ShardIterator"]

    def take(self, shard, record):
        sequence = record["dynamodb"]["SequenceNumber"]
        if shard in self.last and int(sequence) <= int(self.last[shard]):
            raise Fault(f"record {sequence} comes after {self.last[shard]}")
        if record["eventID"] in self.events:
            raise Fault(f"the event {record['eventID']} is there twice")
        self.events.add(record["eventID"])
        self.last[shard] = sequence
        self.records.append(record)

    def told(self):
        return f"{self.seen} stream records"

    def check(self, client):
        self.read_on(client)
        expected = []
        for writer in self.writers():
            expected += writer.changes
            writer.changes = []
        compare(expected, self.records)
        self.seen += len(self.records)
        self.records = []


def compare(expected, records):
    """Item by item: the changes that were made and those that were recorded."""
    made, recorded = collections.defaultdict(list), collections.defaultdict(list)
    for name, before, after in expected:
        made[name].append((before, after))
    for record in records:
        change = record["dynamodb"]
        before, after = change.get("OldImage"), change.get("NewImage")
        event = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        if record["eventName"] != event:
            raise Fault(f"a record says {record['eventName']} and holds {shown(change)}")
        recorded[name_of(change["Keys"])].append((before, after))
    for name in made.keys() | recorded.keys():
        for number, (change, record) in enumerate(zip(made[name], recorded[name])):
            if change != record:
                raise Fault(f"stream, item {name}, change {number}: made {shown(change)}, recorded {shown(record)}")
        if len(made[name]) != len(recorded[name]):
            more, where = max((made[name], "made"), (recorded[name], "recorded"), key=lambda side: len(side[0]))
            raise Fault(f"stream, item {name}: {len(made[name])} changes made, {len(recorded[name])} recorded; "
                        f"only {where}: {shown(more[min(len(made[name]), len(recorded[name]))])}")


def control():
    """The comparison: a lost record, one too many, a wrong order and a wrong image are noticed."""
    def record(before, after, event=None):
        keys = {"p": {"S": "p"}, "s": {"S": "s"}}
        images = {"OldImage": before, "NewImage": after}
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        return {"eventName": event or kind,
                "dynamodb": {"Keys": keys, **{name: image for name, image in images.items() if image is not None}}}
    one, two = ({"v": {"S": text}} for text in ("one", "two"))
    made = [(("p", "s"), None, one), (("p", "s"), one, two), (("p", "s"), two, None)]
    whole = [record(None, one), record(one, two), record(two, None)]
    faulty = {"lost": whole[:2], "lost in the middle": [whole[0], whole[2]], "twice": [*whole, whole[2]],
              "order": [whole[1], whole[0], whole[2]], "image": [whole[0], record(one, one), whole[2]],
              "event": [record(None, one, "MODIFY"), *whole[1:]]}
    compare(made, whole)
    for what, records in faulty.items():
        try:
            compare(made, records)
        except Fault:
            continue
        print(f"FAIL: a stream with {what} and no complaint")
        return False
    return True
