#!/usr/bin/env python3
"""The command lines of DynamoDB Local and dynalite start this server as they are."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, binary, table  # noqa: E402
from suite import run_unittest  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class FlagsTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="dynolith-flags-")

    def tearDown(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def started(self, *arguments):
        server = Server(start=False)
        self.addCleanup(server.stop)
        return server.start(own_arguments=list(arguments))

    def serves(self, server):
        client = server.client()
        client.ok("CreateTable", table("flags", "p:S"))
        client.ok("PutItem", {"TableName": "flags", "Item": {"p": {"S": "a"}}})
        client.close()

    def test_dynamodb_local_in_memory(self):
        port = free_port()
        server = self.started("-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-port", port)
        self.assertEqual(server.port, int(port))
        for line in (f"Port:\t{port}", "InMemory:\ttrue", "SharedDb:\ttrue"):
            self.assertIn(line, server.banner)
        self.serves(server)

    def test_dynamodb_local_on_disk(self):
        data = os.path.join(self.directory, "db")
        flags = ["-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-port", "0", "-dbPath", data, "-sharedDb", "-optimizeDbBeforeStartup",
                 "-disableTelemetry", "-cors", "*"]
        server = self.started(*flags)
        self.assertIn(f"DbPath:\t{data}", server.banner)
        self.serves(server)
        server.stop()
        again = self.started(*flags)
        client = again.client()
        self.assertEqual(client.ok("Scan", {"TableName": "flags"})["Count"], 1)
        client.close()

    def test_dynalite(self):
        port = free_port()
        server = self.started("--port", port, "--path", os.path.join(self.directory, "db"), "--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0")
        self.assertEqual(server.port, int(port))
        self.serves(server)

    def test_ours(self):
        for mode, word in (("always", "always"), ("everysec", "everysec"), ("never", "never")):
            data = os.path.join(self.directory, mode)
            server = self.started("serve", "--port", "0", "--host", "127.0.0.1", "--data", data, "--fsync", mode)
            self.assertIn(f"http://127.0.0.1:{server.port}", server.banner)
            self.assertIn(data, server.banner)
            self.assertIn(f"Durability:\t{word}", server.banner)
            self.serves(server)

    def test_tables_that_take_their_time(self):
        server = self.started("serve", "--port", "0", "--in-memory", "--createTableMs", "60000")
        client = server.client()
        self.assertEqual(client.ok("CreateTable", table("slow", "p:S"))["TableDescription"]["TableStatus"], "CREATING")
        self.assertEqual(client.ok("DescribeTable", {"TableName": "slow"})["Table"]["TableStatus"], "CREATING")
        client.close()

    def test_delays_like_dynamodb_locals(self):
        server = self.started("-port", free_port(), "-inMemory", "-delayTransientStatuses")
        client = server.client()
        self.assertEqual(client.ok("CreateTable", table("slow", "p:S"))["TableDescription"]["TableStatus"], "CREATING")
        self.assertEqual(client.ok("DescribeTable", {"TableName": "slow"})["Table"]["TableStatus"], "CREATING")
        client.close()

    def test_isolation_by_access_key_and_region(self):
        server = self.started("serve", "--port", "0", "--in-memory", "--isolate")
        one, other, elsewhere = (server.client(access_key=key, region=region) for key, region in (("one", "us-east-1"), ("other", "us-east-1"), ("one", "eu-west-1")))
        one.ok("CreateTable", table("mine", "p:S"))
        self.assertEqual(one.ok("ListTables", {}), {"TableNames": ["mine"]})
        self.assertEqual(other.ok("ListTables", {}), {"TableNames": []})
        self.assertEqual(elsewhere.ok("ListTables", {}), {"TableNames": []})
        for client in (one, other, elsewhere):
            client.close()

    def test_one_namespace_by_default(self):
        server = self.started("serve", "--port", "0", "--in-memory")
        one, other = server.client(access_key="one"), server.client(access_key="other", region="eu-west-1")
        one.ok("CreateTable", table("shared", "p:S"))
        self.assertEqual(other.ok("ListTables", {}), {"TableNames": ["shared"]})
        described = other.ok("DescribeTable", {"TableName": "shared"})["Table"]
        self.assertEqual(described["TableArn"], "arn:aws:dynamodb:eu-west-1:000000000000:table/shared")
        one.close()
        other.close()

    def test_says_what_it_does_not_understand(self):
        for arguments in (["--nonsense"], ["--port", "99999"], ["--port", "x"], ["--fsync", "sometimes"], ["-inMemory", "-dbPath", "x"], ["frobnicate"]):
            done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=30, check=False)
            self.assertGreater(done.returncode, 0, arguments)
            self.assertTrue(done.stderr.strip(), arguments)
            self.assertEqual(done.stdout, "")

    def test_version_and_help(self):
        for flag in ("--version", "-version"):
            done = subprocess.run([binary(), flag], capture_output=True, text=True, timeout=30, check=True)
            self.assertRegex(done.stdout, r"^dynolith \d+\.\d+\.\d+\n$")
        done = subprocess.run([binary(), "serve", "--help"], capture_output=True, text=True, timeout=30, check=True)
        for flag in ("--port", "--host", "--data", "--in-memory", "--fsync", "--isolate", "--cors", "--transaction-wait-ms"):
            self.assertIn(flag, done.stdout)


if __name__ == "__main__":
    run_unittest()
