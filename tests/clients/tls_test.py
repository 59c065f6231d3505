#!/usr/bin/env python3
"""https://: clients over TLS, with a certificate that was made and with one that was given."""
import http.client
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import boto3  # noqa: E402
import botocore.config  # noqa: E402
from server import Client, Server, StartFailure, table  # noqa: E402
from suite import run_unittest  # noqa: E402


def trusting(authority=None):
    """A context that checks the certificate against `authority`, or not at all."""
    context = ssl.create_default_context(cafile=authority)
    if authority is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def tls_client(server, context=None, host="127.0.0.1"):
    client = Client(server.port)
    client.connection = http.client.HTTPSConnection(host, server.port, timeout=60, context=context or trusting())
    return client


class SelfSignedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--in-memory", "--ssl")
        client = tls_client(cls.server)
        client.ok("CreateTable", table("over", "p:S"))
        client.close()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def connection(self):
        plain = socket.create_connection(("127.0.0.1", self.server.port), timeout=10)
        return trusting().wrap_socket(plain, server_hostname="localhost")

    def request(self, body=b"{}", **more):
        fields = {"Host": "localhost", **tls_client(self.server).headers("DynamoDB_20120810.ListTables"),
                  "Content-Length": len(body), **more}
        return ("POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()

    def test_banner(self):
        self.assertIn("is listening on https://127.0.0.1:", self.server.banner)

    def test_boto3(self):
        warnings.simplefilter("ignore")  # urllib3's, of certificates that are not verified.
        client = boto3.client("dynamodb", endpoint_url=f"https://localhost:{self.server.port}", verify=False, region_name="us-east-1",
                              aws_access_key_id="test", aws_secret_access_key="test", config=botocore.config.Config(retries={"max_attempts": 0}))
        for number in range(20):
            client.put_item(TableName="over", Item={"p": {"S": str(number)}})
        self.assertEqual(client.scan(TableName="over", Select="COUNT", FilterExpression="attribute_not_exists(x)")["Count"], 20)
        with self.assertRaises(client.exceptions.ResourceNotFoundException):
            client.get_item(TableName="absent", Key={"p": {"S": "a"}})
        client.close()

    def test_large_bodies_both_ways(self):
        client = tls_client(self.server)
        client.ok("CreateTable", table("large", "p:S"))
        for number in range(12):
            client.ok("PutItem", {"TableName": "large", "Item": {"p": {"S": str(number)}, "x": {"S": "x" * 390_000}}})
        pages = list(client.pages("Scan", {"TableName": "large"}))
        self.assertEqual(sum(page["Count"] for page in pages), 12)
        self.assertGreater(len(pages), 3)
        client.ok("DeleteTable", {"TableName": "large"})
        client.close()

    def test_pipelining(self):
        with self.connection() as connection:
            connection.sendall((self.request() + b"{}") * 20 + self.request(Connection="close") + b"{}")
            answer = b""
            while piece := self.received(connection):
                answer += piece
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 21)

    def received(self, connection):
        try:
            return connection.recv(65536)
        except ssl.SSLEOFError:  # The connection ends with its last reply, without a farewell.
            return b""

    def test_expect_continue(self):
        with self.connection() as connection:
            connection.sendall(self.request(Expect="100-continue", Connection="close"))
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 100 Continue"))
            connection.sendall(b"{}")
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200"))

    def test_refusals_can_be_read(self):
        with self.connection() as connection:
            connection.sendall(self.request(**{"Content-Length": 99_999_999}))
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 413"))

    def test_versions(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = trusting()
            context.minimum_version = context.maximum_version = version
            client = tls_client(self.server, context)
            self.assertEqual(client.ok("ListTables", {}), {"TableNames": ["over"]})
            client.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of the old version.
            context = trusting()
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            tls_client(self.server, context).ok("ListTables", {})

    def test_what_is_no_handshake(self):
        for start in (b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\x00" * 600, b"\xff" * 5000):
            with self.subTest(start=start[:10]), socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
                connection.sendall(start)
                try:
                    answer = connection.recv(65536)
                except ConnectionResetError:
                    answer = b""
                self.assertNotIn(b"HTTP/1.1", answer)
        half = [socket.create_connection(("127.0.0.1", self.server.port), timeout=10) for _ in range(50)]
        client = tls_client(self.server)
        self.assertEqual(client.ok("ListTables", {}), {"TableNames": ["over"]})
        client.close()
        for connection in half:
            connection.close()


class GivenCertificateTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.made("key.pem", "cert.pem")

    def tearDown(self):
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def made(self, key, certificate):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=db.test",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", self.path(key), "-out", self.path(certificate)], check=True, capture_output=True)
        os.chmod(self.path(key), 0o600)

    def test_is_shown_to_clients(self):
        with Server("--in-memory", "--tls-cert", self.path("cert.pem"), "--tls-key", self.path("key.pem")) as server:
            client = tls_client(server, trusting(self.path("cert.pem")), "localhost")
            self.assertEqual(client.ok("ListTables", {}), {"TableNames": []})
            client.close()

    def test_refusals_say_why(self):
        self.made("other.pem", "other-cert.pem")
        self.made("open.pem", "open-cert.pem")
        os.chmod(self.path("open.pem"), 0o640)
        pathlib.Path(self.path("junk.pem")).write_text("junk")
        os.chmod(self.path("junk.pem"), 0o600)
        for certificate, key, complaint in (("cert.pem", "absent.pem", "cannot be read"), ("absent.pem", "key.pem", "no certificate"), ("junk.pem", "key.pem", "no certificate"),
                                            ("cert.pem", "junk.pem", "no key"), ("cert.pem", "other.pem", "no key of"), ("open-cert.pem", "open.pem", "chmod 600")):
            with self.subTest(certificate=certificate, key=key):
                with self.assertRaises(StartFailure) as caught:
                    Server("--in-memory", "--tls-cert", self.path(certificate), "--tls-key", self.path(key))
                self.assertEqual(caught.exception.status, 69)
                self.assertIn(complaint, caught.exception.text)
                self.assertEqual(caught.exception.text.count("\n"), 1)


if __name__ == "__main__":
    run_unittest()
