#!/usr/bin/env python3
"""Hostile input over HTTP: broken JSON, broken HTTP, everything too large or too deep. Each gets an
answer of its kind, never a 5xx, and the server goes on serving."""
import gzip
import json
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import ROOT, Client, Server, table  # noqa: E402
from suite import run_unittest  # noqa: E402

JSON_TEXTS = ROOT / "tests/support/json_texts.json"
JSON_TEST_SUITE = ROOT.parent / "shared/data/json/test_parsing"
BODY_BYTES_MAX = 16 * 1024 * 1024
SERIALIZATION = "SerializationException"


class HostileTest(unittest.TestCase):
    """One server for all tests of a class; each test ends by asking whether it still serves."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory")
        client = cls.server.client()
        client.ok("CreateTable", table("hostile", "p:S"))
        client.close()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.client = self.server.client()

    def tearDown(self):
        self.client.close()
        self.assertTrue(self.server.is_up(), self.server.standard_error()[-2000:])
        client = self.server.client(timeout=10)
        self.assertEqual(client.ok("ListTables", {}), {"TableNames": ["hostile"]})
        client.close()

    def post(self, body, operation="PutItem", headers=None):
        return self.client.send("DynamoDB_20120810." + operation, body, headers)

    def assert_refused(self, reply, error=SERIALIZATION):
        self.assertEqual((reply.status, reply.error), (400, error), reply.raw[:300])

    def raw(self, *pieces, shut=True, seconds=10):
        """Sends bytes as they are; returns all that comes back until the server closes."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=seconds)
        answer = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            while True:
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # It may close on us before it has read everything.
        finally:
            connection.close()
        return answer

    def head(self, body=b"", **more):
        headers = {"Host": f"127.0.0.1:{self.server.port}",
                   **self.client.headers("DynamoDB_20120810.ListTables"),
                   "Content-Length": str(len(body)), **more}
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        return ("POST / HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode()

    def assert_status(self, answer, *statuses):
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), answer[:200])
        self.assertIn(int(answer[9:12]), statuses, answer[:300])


class JsonTest(HostileTest):
    def test_deep_nesting(self):
        for depth in (200, 1000, 100_000, 200_000):
            for opening in (b"[", b"{", b'{"a":', b'{"M":{"a":', b'{"L":[', b'[{"":'):
                with self.subTest(depth=depth, opening=opening):
                    self.assert_refused(self.post(opening * depth))
                    self.assertEqual(self.post(
                        b'{"TableName":"hostile","Item":{"p":{"S":"a"},"x":' + opening * depth).status, 400)
        value = b'{"L":[' * 5000 + b'{"S":""}' + b"]}" * 5000
        reply = self.post(b'{"TableName":"hostile","Item":{"p":{"S":"a"},"x":' + value + b"}}")
        self.assertEqual(reply.status, 400, reply.raw[:300])
        self.assertIn(reply.error, ("ValidationException", SERIALIZATION))

    def test_every_prefix_of_a_valid_body(self):
        body = json.dumps({"TableName": "hostile", "Item": {
            "p": {"S": "a\u00e9\ud83d\ude00"}, "n": {"N": "-1.5e3"}, "l": {"L": [{"NULL": True}, {"B": "AA=="}]}}}).encode()
        self.assertEqual(self.post(body).status, 200)
        for end in range(len(body)):
            self.assert_refused(self.post(body[:end]))

    def test_bytes_changed_in_a_valid_body(self):
        body = b'{"TableName":"hostile","Item":{"p":{"S":"abc"},"n":{"N":"12"},"m":{"M":{"x":{"BOOL":true}}}}}'
        for at in range(len(body)):
            for byte in (0x00, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x80, 0xff):
                changed = bytearray(body)
                changed[at] = byte
                reply = self.post(bytes(changed))
                self.assertIn(reply.status, (200, 400), (bytes(changed), reply.raw[:200]))

    def test_text_after_the_body(self):
        for tail in (b"x", b"{}", b",", b"\x00", b"]", b" 1"):
            self.assert_refused(self.post(b'{"TableName":"hostile","Item":{"p":{"S":"a"}}}' + tail))

    def test_invalid_utf8(self):
        for text in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"):
            for body in (b'{"TableName":"hostile","Item":{"p":{"S":"' + text + b'"}}}',
                         b'{"TableName":"hostile","Item":{"p":{"S":"a"},"' + text + b'":{"S":"x"}}}'):
                self.assert_refused(self.post(body))

    def test_not_an_object(self):
        for body in (b"[]", b"null", b"1", b'"x"', b"true", b"[{}]"):
            with self.subTest(body=body):
                self.assertEqual(self.post(body).status, 400)

    def test_repeated_members(self):
        reply = self.post(b'{"TableName":"hostile","TableName":"hostile","Item":{"p":{"S":"a"},"p":{"S":"b"}}}')
        self.assertIn(reply.status, (200, 400))

    def test_many_members(self):
        item = {"p": {"S": "many"}, **{f"a{i}": {"N": "1"} for i in range(30_000)}}
        self.assertEqual(self.post(json.dumps({"TableName": "hostile", "Item": item}).encode()).status, 200)
        reply = self.post(json.dumps({"TableName": "hostile", "Key": {"p": {"S": "many"}}}).encode(), "GetItem")
        self.assertEqual(reply.body["Item"], item)

    def test_wrong_types_everywhere(self):
        wrong = [b"1", b"1.5", b"true", b"null", b'"x"', b"[]", b"{}", b"[[]]", b'{"S":"x"}', b"1e999", b"-0"]
        for operation in ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem",
                          "BatchWriteItem", "CreateTable", "DescribeTable", "DeleteTable", "ListTables"):
            for member in ("TableName", "Item", "Key", "Limit", "ConsistentRead", "RequestItems", "KeySchema",
                           "AttributeDefinitions", "GlobalSecondaryIndexes", "ExpressionAttributeNames",
                           "ExpressionAttributeValues", "KeyConditionExpression", "ExclusiveStartKey",
                           "ReturnValues", "Expected", "AttributeUpdates", "KeyConditions", "ScanFilter"):
                for value in wrong:
                    if operation == "ListTables" and value == b"null":
                        continue
                    reply = self.post(b'{"%s":%s}' % (member.encode(), value), operation)
                    self.assertIn(reply.status, (200, 400), (operation, member, value, reply.raw[:300]))


class ParsingTest(HostileTest):
    """Each text as the whole body, and as an attribute's value."""

    def both(self, text):
        whole = self.post(text, "ListTables")
        inside = self.post(b'{"TableName":"hostile","Item":{"p":{"S":"a"},"x":' + text + b"}}")
        self.assertIn(whole.status, (200, 400), whole.raw[:300])
        self.assertIn(inside.status, (200, 400), inside.raw[:300])
        return whole, inside

    def assert_json(self, text):
        """Refused, if at all, for what it says."""
        whole, inside = self.both(text)
        is_object = text.strip()[:1] == b"{"
        self.assertEqual(whole.status, 200 if is_object else 400, whole.raw[:300])
        self.assertIn(inside.error, (None, "ValidationException", SERIALIZATION))

    def assert_not_json(self, text):
        for reply in self.both(text):
            self.assert_refused(reply)

    def test_json_texts(self):
        lists = json.loads(JSON_TEXTS.read_text())
        for name, check in (("json", self.assert_json), ("not_json", self.assert_not_json)):
            for text in lists[name]:
                with self.subTest(text=text):
                    check(text.encode("latin-1"))

    @unittest.skipUnless(JSON_TEST_SUITE.is_dir(), f"JSONTestSuite is not in {JSON_TEST_SUITE}")
    def test_json_test_suite(self):
        paths = sorted(JSON_TEST_SUITE.glob("*.json"))
        self.assertEqual(len(paths), 318)
        checks = {"y": self.assert_json, "n": self.assert_not_json, "i": self.both}
        for path in paths:
            with self.subTest(name=path.name):
                checks[path.name[0]](path.read_bytes())


class SizeTest(HostileTest):
    def padded(self, size):
        start = b'{"TableName":"hostile","Key":{"p":{"S":"none"}},"Nobody":"'
        return start + b"x" * (size - len(start) - 2) + b'"}'

    def test_body_of_16_mb_and_one_byte_more(self):
        self.assertEqual(self.post(self.padded(BODY_BYTES_MAX), "GetItem").status, 200)
        self.client.close()
        self.client = self.server.client()
        self.assertEqual(self.post(self.padded(BODY_BYTES_MAX + 1), "GetItem").status, 413)

    def test_chunked_body_of_more_than_16_mb(self):
        piece = b"x" * 65536
        answer = self.raw(self.head(**{"Content-Length": None, "Transfer-Encoding": "chunked"}),
                          *[b"10000\r\n" + piece + b"\r\n"] * 257, b"0\r\n\r\n")
        if answer:  # Closed early, the answer may be lost on the way.
            self.assert_status(answer, 413)

    def test_chunked_body(self):
        answer = self.raw(self.head(**{"Content-Length": None, "Transfer-Encoding": "chunked", "Connection": "close"}),
                          b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
        self.assert_status(answer, 200)
        self.assertIn(b'{"TableNames":["hostile"]}', answer)

    def test_content_length_beyond_reason(self):
        for length in ("16777217", "99999999999", "18446744073709551615", "18446744073709551616"):
            self.assert_status(self.raw(self.head(**{"Content-Length": length})), 400, 413)

    def assert_unreadable(self, body):
        """The service answers 500 to what it cannot decompress or what grows too big; so do we."""
        reply = self.post(body, "ListTables", {"Content-Encoding": "gzip"})
        self.assertEqual((reply.status, reply.body["__type"]),
                         (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"))

    def test_compressed_body(self):
        body = gzip.compress(b"{}")
        self.assertEqual(self.post(body, "ListTables", {"Content-Encoding": "gzip"}).status, 200)

    def test_compressed_bomb(self):
        body = gzip.compress(b" " * (200 * 1024 * 1024), 9)
        self.assert_unreadable(body)

    def test_compressed_garbage(self):
        for body in (b"\x1f\x8b", b"garbage", gzip.compress(b"{}")[:-4], gzip.compress(b"{}" * 100)[:20], b""):
            with self.subTest(body=body):
                self.assert_unreadable(body)

    def test_head_of_more_than_16_kb(self):
        self.assert_status(self.raw(self.head(**{"X-Filler": "x" * 20_000})), 400, 431)
        self.assert_status(self.raw(self.head(**{f"X-{i}": "x" * 30 for i in range(2000)})), 400, 431)
        # Within the limit it is read.
        self.assert_status(self.raw(self.head(b"{}", **{"X-Filler": "x" * 8000, "Connection": "close"}), b"{}"), 200)

    def test_request_line_of_more_than_16_kb(self):
        self.assert_status(self.raw(b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400, 414, 431)

    def test_expressions(self):
        for member, operation in (("ConditionExpression", "PutItem"), ("FilterExpression", "Scan"),
                                  ("ProjectionExpression", "Scan"), ("UpdateExpression", "UpdateItem"),
                                  ("KeyConditionExpression", "Query")):
            for text in ("(" * 4096, "(" * 5_000_000, "NOT " * 1000 + "a = b", "a" + ".a" * 2000, "a" + "[0]" * 1300,
                         "f(" * 2000, "a," * 2000, "SET a = " + "if_not_exists(a, " * 200, "\x00", "\U0001f600" * 1000,
                         "a" * 5_000_000, "a = :v AND " * 300 + "a = :v", "#" * 4000, ":" * 4000, " " * 4096, "-" * 4096):
                reply = self.client.call(operation, {
                    "TableName": "hostile", member: text, "Item": {"p": {"S": "a"}}, "Key": {"p": {"S": "a"}}})
                self.assertEqual(reply.status, 400, (member, text[:40], reply.raw[:300]))
                self.assertEqual(reply.error, "ValidationException")

    def test_many_placeholders(self):
        values = {f":v{i}": {"N": "1"} for i in range(100_000)}
        reply = self.client.call("PutItem", {"TableName": "hostile", "Item": {"p": {"S": "a"}},
                                             "ConditionExpression": "a = :v1", "ExpressionAttributeValues": values})
        self.assertEqual((reply.status, reply.error), (400, "ValidationException"))

    def test_huge_numbers(self):
        for number in ("9" * 1_000_000, "1e" + "9" * 100_000, "0." + "0" * 1_000_000 + "1", "-" * 1000, "1e-99999999999"):
            reply = self.client.call("PutItem", {"TableName": "hostile", "Item": {"p": {"S": "a"}, "n": {"N": number}}})
            self.assertEqual((reply.status, reply.error), (400, "ValidationException"), reply.raw[:200])


class HttpTest(HostileTest):
    def test_garbage(self):
        for start in (b"\x00\x01\x02\x03" * 64, b"\r\n" * 100, b"GET", b"POST / HTTP/1.1", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                      b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"POST  /  HTTP/1.1\r\n\r\n", b"POST / \r\n\r\n",
                      b"A" * 100_000, b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
                      b"GET / HTTP/1.1\nHost: x\n\n", b"\xff\xfe / HTTP/1.1\r\n\r\n"):
            with self.subTest(start=start[:40]):
                answer = self.raw(start)
                self.assertFalse(answer.startswith(b"HTTP/1.1 5"), answer[:200])
                self.assertFalse(answer.startswith(b"HTTP/1.1 200"), answer[:200])

    def test_contradictory_lengths(self):
        """What request smuggling is made of is refused, and the connection closed."""
        for headers in ({"Transfer-Encoding": "chunked"}, {"Content-Length": "-1"}, {"Content-Length": "+2"}, {"Content-Length": "2, 3"},
                        {"Content-Length": "0x2"}, {"Content-Length": "2 2"}, {"Content-Length": ""}, {"Transfer-Encoding": "identity, chunked", "Content-Length": None},
                        {"Transfer-Encoding": "chunked, gzip", "Content-Length": None}):
            with self.subTest(headers=headers):
                answer = self.raw(self.head(b"{}", **headers), b"{}", b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer[:400])
                self.assert_status(answer, 400, 411, 413, 501)
        two = self.head(b"{}").replace(b"Content-Length: 2", b"Content-Length: 2\r\nContent-Length: 3")
        self.assert_status(self.raw(two, b"{}}"), 400)

    def test_bad_chunks(self):
        head = self.head(**{"Content-Length": None, "Transfer-Encoding": "chunked"})
        for body in (b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n", b"fffffffffffffffff\r\n{}", b"2\r\n{}x\r\n0\r\n\r\n", b"2;" + b"x" * 100_000):
            with self.subTest(body=body[:40]):
                answer = self.raw(head, body)
                self.assertFalse(answer.startswith((b"HTTP/1.1 5", b"HTTP/1.1 200")), answer[:200])

    def test_body_that_ends_early(self):
        self.assertFalse(self.raw(self.head(b"x" * 100), b"{}").startswith((b"HTTP/1.1 200", b"HTTP/1.1 5")))

    def test_pipelining(self):
        one = self.head(b"{}") + b"{}"
        last = self.head(b"{}", Connection="close") + b"{}"
        answer = self.raw(one * 50 + last, shut=False)
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 51)
        self.assertEqual(answer.count(b'{"TableNames":["hostile"]}'), 51)

    def test_expect_continue(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=10)
        connection.sendall(self.head(b"{}", Expect="100-continue", Connection="close"))
        self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 100 Continue"))
        connection.sendall(b"{}")
        self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200"))
        connection.close()

    def test_methods_and_paths(self):
        host = f"Host: localhost:{self.server.port}\r\nConnection: close\r\n".encode()
        answer = self.raw(b"GET / HTTP/1.1\r\n" + host + b"\r\n", shut=False)
        self.assert_status(answer, 200)
        self.assertIn(b"healthy: dynamodb.", answer)
        for line in (b"GET /x HTTP/1.1", b"PUT / HTTP/1.1", b"DELETE / HTTP/1.1", b"TRACE / HTTP/1.1", b"CONNECT a:1 HTTP/1.1", b"BREW / HTTP/1.1"):
            with self.subTest(line=line):
                answer = self.raw(line + b"\r\n" + host + b"Content-Length: 0\r\n\r\n", shut=False)
                self.assert_status(answer, 400, 403, 404, 405, 501)

    def test_content_types(self):
        for kind, status in (("application/x-amz-json-1.0", 200), ("application/json", 200), ("application/x-amz-json-1.0; charset=utf-8", 200),
                             ("text/plain", 404), ("application/cbor", 404)):
            with self.subTest(kind=kind):
                self.assertEqual(self.post(b"{}", "ListTables", {"Content-Type": kind}).status, status)

    def test_targets(self):
        for target in ("", "x", "DynamoDB_20120810", "DynamoDB_20120810.", "DynamoDB_20120810.listtables", "DynamoDB_20111205.ListTables",
                       "DynamoDB_20120810.ListTables.x", "x" * 4000, "DynamoDB_20120810.\u00e9"):
            with self.subTest(target=target[:40]):
                reply = self.client.send(target.encode("utf-8").decode("latin-1"), b"{}")
                self.assert_refused(reply, "UnknownOperationException")

    def test_authorization(self):
        for value, error in ((None, "MissingAuthenticationTokenException"), ("", "MissingAuthenticationTokenException"),
                             ("Basic YWJj", "MissingAuthenticationTokenException"), ("AWS4-HMAC-SHA256 ", "IncompleteSignatureException"),
                             ("AWS4-HMAC-SHA256 Credential=a", "IncompleteSignatureException"),
                             ("AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=", None), ("AWS4-HMAC-SHA256 " + "Credential=a/b/c/d/e," * 300, None)):
            with self.subTest(value=value and value[:40]):
                answer = self.raw(self.head(b"{}", Authorization=value, Connection="close"), b"{}")
                self.assert_status(answer, 200, 400)
                if error:
                    self.assertIn(error.encode(), answer)

    def test_foreign_pages(self):
        """Nothing is executed for a page of another origin, nor under a name that is not ours."""
        create = json.dumps(table("foreign", "p:S")).encode()
        reply = self.post(create, "CreateTable", {"Origin": "https://evil.example"})
        self.assertIn(reply.status, (400, 403))
        answer = self.raw(self.head(create, Host="evil.example", Connection="close", **{"X-Amz-Target": "DynamoDB_20120810.CreateTable"}), create)
        self.assert_status(answer, 400, 403, 421)
        # tearDown sees that no table was made.

    def test_a_thousand_idle_connections(self):
        idle = [socket.create_connection(("127.0.0.1", self.server.port), timeout=10) for _ in range(1000)]
        half = self.head(b"{}")[:40]
        for connection in idle[:500]:
            connection.sendall(half)
        clients = [Client(self.server.port) for _ in range(64)]
        for client in clients * 3:
            self.assertEqual(client.ok("ListTables", {}), {"TableNames": ["hostile"]})
        for connection in [*idle, *clients]:
            connection.close()


if __name__ == "__main__":
    run_unittest()
