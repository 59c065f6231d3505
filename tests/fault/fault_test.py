#!/usr/bin/env python3
"""What the server says and does when its surroundings fail: a data directory in use, not writable,
corrupt or too new, a full disk, a port in use, signals."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import Server, StartFailure, binary, table  # noqa: E402
from suite import run_unittest  # noqa: E402


class FaultTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="dynolith-fault-")
        self.data = os.path.join(self.directory, "data")

    def tearDown(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def server(self, *flags):
        return Server("--data", self.data, *flags)

    def refusal(self, *flags):
        """(exit status, what it said) of a server that must not start."""
        with self.assertRaises(StartFailure) as caught:
            self.server(*flags).kill()
        failure = caught.exception
        self.assertGreater(failure.status, 0, failure.text)  # Not by a signal either.
        return failure.status, failure.text

    def assert_one_line_naming(self, text, *words):
        self.assertEqual(len(text.strip().splitlines()), 1, text)
        for word in words:
            self.assertIn(word, text)

    def make_data(self):
        with self.server() as server:
            self.fill(server, 100)

    @staticmethod
    def fill(server, count):
        client = server.client()
        client.ok("CreateTable", table("kept", "p:S", global_=[("byg", "g:S", "ALL")]))
        for number in range(count):
            client.ok("PutItem", {"TableName": "kept", "Item": {"p": {"S": str(number)}, "g": {"S": "g"}, "x": {"S": "x" * 1000}}})
        client.close()


class DirectoryTest(FaultTest):
    def test_data_survives_a_stop_and_start(self):
        self.make_data()
        with self.server() as server:
            client = server.client()
            self.assertEqual(client.ok("Scan", {"TableName": "kept"})["Count"], 100)
            self.assertEqual(client.ok("Scan", {"TableName": "kept", "IndexName": "byg"})["Count"], 100)
            client.close()

    def test_held_by_another(self):
        with self.server() as first:
            _, text = self.refusal()
            self.assert_one_line_naming(text, self.data)
            self.assertTrue(first.is_up())

    def test_held_by_another_although_its_lock_file_is_gone(self):
        with self.server() as first:
            removed = [path for path in pathlib.Path(self.data).rglob("*") if path.name.upper() == "LOCK"]
            for path in removed:
                path.unlink()
            self.assertTrue(removed)
            _, text = self.refusal()
            self.assert_one_line_naming(text, self.data)
            client = first.client()
            client.ok("CreateTable", table("still", "p:S"))
            client.close()

    def test_freed_by_a_kill(self):
        self.server().kill()
        self.server().stop()

    def test_a_file_in_its_place(self):
        pathlib.Path(self.data).write_text("not a directory")
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def test_not_writable(self):
        if os.getuid() == 0:
            self.data = "/proc/dynolith-data"  # Nobody can write here, root included.
        else:
            os.mkdir(self.data, 0o500)
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def test_exit_statuses_differ(self):
        statuses = {}
        with self.server():
            statuses["in use"] = self.refusal()[0]
        self.data = "/proc/dynolith-data" if os.getuid() == 0 else "/dynolith-data"
        statuses["not writable"] = self.refusal()[0]
        self.data = os.path.join(self.directory, "data")
        self.damage(r"MANIFEST-.*")
        statuses["corrupt"] = self.refusal()[0]
        with Server("--in-memory") as other:
            done = subprocess.run([binary(), "serve", "--in-memory", "--port", str(other.port)], capture_output=True, timeout=30, check=False)
            statuses["port in use"] = done.returncode
        self.assertEqual(len(set(statuses.values())), len(statuses), statuses)

    def damage(self, pattern):
        """Overwrites the middle of each matching file; returns how many there were."""
        paths = [path for path in pathlib.Path(self.data).rglob("*") if re.fullmatch(pattern, path.name)]
        for path in paths:
            content = bytearray(path.read_bytes())
            middle = len(content) // 2
            content[middle:middle + 64] = b"\xa5" * len(content[middle:middle + 64])
            path.write_bytes(content)
        return len(paths)

    def test_damaged_manifest(self):
        self.make_data()
        self.assertGreater(self.damage(r"MANIFEST-.*"), 0)
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def test_damaged_log(self):
        """A log damaged in its middle is corruption, not something to skip silently."""
        server = self.server()
        self.fill(server, 200)
        server.kill()
        self.assertGreater(self.damage(r"\d+\.log"), 0)
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def test_cut_log(self):
        """A log that lost its tail after the fact lost acknowledged writes: it must say so."""
        server = self.server()
        self.fill(server, 200)
        self.wait_for_next_mark(server)
        server.kill()
        logs = sorted(pathlib.Path(self.data).rglob("*.log"), key=lambda path: path.stat().st_size)
        os.truncate(logs[-1], logs[-1].stat().st_size // 2)
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def wait_for_next_mark(self, server):
        """Until the mark of how far the log reached, written every second, covers what was written."""
        mark = next(pathlib.Path(self.data).rglob("DYNOLITH_SYNCED"))
        before = mark.read_bytes()
        client = server.client()
        client.ok("PutItem", {"TableName": "kept", "Item": {"p": {"S": "last"}}})
        client.close()
        deadline = time.monotonic() + 20
        while mark.read_bytes() == before:
            self.assertLess(time.monotonic(), deadline, "no mark was written")
            time.sleep(0.02)

    def test_missing_current_file(self):
        self.make_data()
        for path in pathlib.Path(self.data).rglob("CURRENT"):
            path.unlink()
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data)

    def test_written_by_a_newer_version(self):
        self.make_data()
        changed = False
        for path in pathlib.Path(self.data).iterdir():
            if path.is_file() and path.stat().st_size < 200 and "format" in path.name.lower():
                text = path.read_text()
                newer = re.sub(r"\d+", lambda number: str(int(number.group()) + 1000), text, count=1)
                path.write_text(newer)
                changed = newer != text
        self.assertTrue(changed, f"no format file among {os.listdir(self.data)}")
        _, text = self.refusal()
        self.assert_one_line_naming(text, self.data, "newer")


class ProcessTest(FaultTest):
    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = subprocess.run([binary(), "serve", "--port", str(port), "--in-memory"], capture_output=True, timeout=30, check=False)
        self.assertGreater(done.returncode, 0)
        self.assert_one_line_naming(done.stderr.decode(), str(port), "--port")

    def test_stops_on_signals_with_status_zero(self):
        for signal in ("TERM", "INT"):
            server = self.server()
            subprocess.run(["kill", f"-{signal}", str(server.process.pid)], check=True)
            self.assertEqual(server.wait(), 0)

    def test_quiet_when_all_is_well(self):
        for where in (["--data", self.data], ["--in-memory"]):
            with self.subTest(where[0]):
                self.expect_silence(Server(*where))

    def expect_silence(self, server):
        client = server.client()
        client.ok("CreateTable", table("kept", "p:S"))
        client.call("GetItem", {"TableName": "absent", "Key": {"p": {"S": "a"}}})
        client.close()
        server.stop()
        self.assertEqual(server.standard_error(), "")

    def test_dropped_table_is_finished_after_a_restart(self):
        """Killed while it drops a table: after a restart the table stays away and its space returns."""
        server = self.server()
        client = server.client()
        client.ok("CreateTable", table("dropped", "p:S"))
        for number in range(40):
            client.ok("BatchWriteItem", {"RequestItems": {"dropped": [
                {"PutRequest": {"Item": {"p": {"S": f"{number}/{i}"}, "x": {"S": "x" * 20_000}}}} for i in range(25)]}})
        client.ok("DeleteTable", {"TableName": "dropped"})
        client.close()
        server.kill()
        with self.server() as again:
            client = again.client()
            self.assertEqual(client.ok("ListTables", {}), {"TableNames": []})
            client.ok("CreateTable", table("dropped", "p:S"))
            self.assertEqual(client.ok("Scan", {"TableName": "dropped"})["Count"], 0)
            client.close()


@unittest.skipUnless(os.getuid() == 0, "only root may mount a small file system")
class FullDiskTest(FaultTest):
    SPACE_MB = 96

    def setUp(self):
        super().setUp()
        self.mounted = os.path.join(self.directory, "small")
        os.mkdir(self.mounted)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SPACE_MB}m", "dynolith-test", self.mounted], capture_output=True, check=False)
        if done.returncode:
            super().tearDown()
            self.skipTest("no permission to mount here")
        self.data = os.path.join(self.mounted, "data")

    def tearDown(self):
        subprocess.run(["umount", self.mounted], check=False)
        super().tearDown()

    def test_reads_go_on_and_writes_come_back(self):
        server = self.server()
        client = server.client()
        client.ok("CreateTable", table("full", "p:S", global_=[("byg", "g:S", "KEYS_ONLY")]))
        client.ok("PutItem", {"TableName": "full", "Item": {"p": {"S": "first"}, "g": {"S": "g"}}})
        filler = os.path.join(self.mounted, "filler")
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(b"x" * (1 << 20))
                    file.flush()
            except OSError:
                pass
        refused = self.wait_for(lambda: self.put(client, "more").status >= 500, "writes to be refused")
        self.assertEqual(refused.status // 100, 5, refused.raw)
        for _ in range(20):
            self.assertEqual(client.ok("GetItem", {"TableName": "full", "Key": {"p": {"S": "first"}}})["Item"]["g"], {"S": "g"})
            self.assertGreaterEqual(client.ok("Scan", {"TableName": "full", "IndexName": "byg"})["Count"], 1)
            self.assertGreaterEqual(self.put(client, "refused").status, 500)
        self.assertNotIn("Item", client.ok("GetItem", {"TableName": "full", "Key": {"p": {"S": "refused"}}}))
        os.unlink(filler)
        self.wait_for(lambda: self.put(client, "again").status == 200, "writes to be accepted again")
        client.close()
        server.kill()
        with self.server() as restarted:
            client = restarted.client()
            names = {item["p"]["S"] for item in client.items("Scan", {"TableName": "full"})}
            client.close()
            self.assertLessEqual({"first", "again"}, names)
            self.assertNotIn("refused", names)

    def put(self, client, name):
        self.last = client.call("PutItem", {"TableName": "full", "Item": {"p": {"S": name}, "g": {"S": "g"}, "x": {"S": "x" * 50_000}}})
        return self.last

    def wait_for(self, condition, what, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"waited {seconds} s for {what}; the last answer: {self.last.status} {self.last.raw[:200]}")
            time.sleep(0.05)  # The server looks at the disk now and then.
        return self.last


if __name__ == "__main__":
    run_unittest()
