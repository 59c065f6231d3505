#!/usr/bin/env python3
"""Cuts the power of a store at random moments and checks what it finds again.

The store lies on an ext4 file system of its own in a loop device. The cut is ext4's own
(EXT4_IOC_SHUTDOWN): from one instant on nothing reaches the disk, what was only in memory is gone,
and mounting again replays the journal. Before some cuts the writer is killed and started again, or
the cut falls into its start; before others single ranges of its files are written out of order, as
an operating system may. After it the store is opened as after a boot, once or more. Then:

  always    every write that was acknowledged before the cut is there
  everysec  every one is that was acknowledged longer ago than the interval between syncs, and a
            sync, unless the store was killed before and had not started again
  always, everysec, never
            what is there is what was there at one moment: whole commits, a log without a gap, and
            everything that an earlier recovery found

A write counts as acknowledged if its acknowledgement was read before the cut was asked for.
Controls: plain files, where a write that fdatasync confirmed must be there and one that nothing
synced must not always be (else the cuts would show nothing), and the comparison itself.

Needs root and loop devices; without them it says so and only the comparison is tested.

    tests/fault/power_cut_test.py [--cycles N] [--seed N] [--modes always,everysec,never]
"""
import argparse
import collections
import fcntl
import os
import pathlib
import random
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from server import binary  # noqa: E402
from suite import summary  # noqa: E402

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
FLUSH_JOURNAL, FLUSH_NOTHING = 1, 2
IMAGE_MB = 96
CYCLES_PER_IMAGE = 12
# The child's store syncs so often; a sync on a busy machine, and the child's wait for its turn.
SYNC_INTERVAL = 0.05
SYNC_SECONDS_MAX = 1.0
START_SECONDS_MAX = 30


class Fault(Exception):
    """What a test of this kind hopes never to see."""


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {(done.stderr or done.stdout).decode().strip()}")


class Disk:
    """An ext4 file system whose power can be cut."""

    def __init__(self, directory):
        self.image = os.path.join(directory, "image")
        self.mounted = os.path.join(directory, "disk")
        os.makedirs(self.mounted, exist_ok=True)
        self.is_mounted = False

    def make(self):
        self.unmount()
        with open(self.image, "wb") as file:
            file.truncate(IMAGE_MB << 20)
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.mounted)
        self.is_mounted = True

    def unmount(self):
        if self.is_mounted:
            run("umount", self.mounted)
            self.is_mounted = False

    def cut(self, how):
        directory = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, SHUTDOWN, struct.pack("I", how))
        finally:
            os.close(directory)

    def boot(self):
        """After a cut. Nobody may have files open."""
        self.unmount()
        self.mount()

    def check(self):
        """The file system itself must be sound, or the test says nothing."""
        self.unmount()
        run("e2fsck", "-fn", self.image)
        self.mount()


class Writer:
    """A process that writes and says what was acknowledged, a number a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.acknowledged = {}  # number -> when it was read
        self.unread = b""

    def read(self, seconds):
        """What it acknowledges in so many seconds. False: it has ended."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            if not ready:
                return True
            piece = os.read(self.process.stdout.fileno(), 1 << 16)
            now = time.monotonic()
            lines = (self.unread + piece).split(b"\n")
            self.unread = lines.pop()
            self.acknowledged.update((int(line), now) for line in lines)
            if not piece:
                return False
            if left <= 0:
                return True

    def begin(self):
        """Until the first acknowledgements. False: it has ended."""
        end = time.monotonic() + START_SECONDS_MAX
        while not self.acknowledged and time.monotonic() < end:
            if not self.read(0.01):
                return False
        return True

    def kill(self):
        self.process.kill()
        self.process.stdout.close()
        text = self.process.stderr.read().decode(errors="replace")
        self.process.stderr.close()
        self.process.wait()
        return text


class Books:
    """What must be there after the next cut, and the comparison."""

    def __init__(self):
        self.settled = []  # What the last recovery found, in order.
        self.must = set()
        self.unsynced = {}  # number -> (durability, when it was acknowledged), perhaps not synced.
        self.late = {}  # number -> seconds between its acknowledgement and the cut.
        self.never = set()  # What nobody promised.
        self.next = 0
        self.lost = 0  # Of both.
        self.oldest = 0.0  # Of what was late and is lost.

    def acknowledge(self, durability, acknowledged):
        self.next = max([self.next, *acknowledged]) + 1000
        if durability == "always":
            self.must.update(acknowledged)
        else:
            self.unsynced.update((number, (durability, when)) for number, when in acknowledged.items())

    def synced(self):
        """Whatever was written before: a start syncs it."""
        self.must.update(self.unsynced)
        self.unsynced = {}

    def killed(self):
        """From now on nobody syncs, until the next start."""
        self.unsynced = {number: ("never", when) for number, (_, when) in self.unsynced.items()}

    def cut(self, now):
        self.late.update((number, now - when) for number, (durability, when) in self.unsynced.items()
                         if durability == "everysec")
        self.never.update(number for number, (durability, _) in self.unsynced.items() if durability == "never")
        self.unsynced = {}

    def compare(self, found):
        numbers = set(found)
        if len(numbers) != len(found):
            raise Fault("a write is there twice")
        if found[:len(self.settled)] != self.settled:
            raise Fault("what an earlier recovery had found is not there, or not in its order")
        lost = sorted(self.must - numbers)
        if lost:
            raise Fault(f"{len(lost)} of {len(self.must)} acknowledged writes are lost: {lost[:10]}")
        ages = [age for number, age in self.late.items() if number not in numbers]
        self.oldest = max(ages, default=0.0)
        if self.oldest > SYNC_INTERVAL + SYNC_SECONDS_MAX:
            raise Fault(f"a write is lost that was acknowledged {self.oldest:.2f} s before the cut")
        self.lost = len(ages) + len(self.never - numbers)
        self.settled = found
        self.must = numbers
        self.late = {}
        self.never = set()
        self.next = max([self.next, *found]) + 1000


class Run:
    def __init__(self, directory, seed, child):
        self.disk = Disk(directory)
        self.data = os.path.join(self.disk.mounted, "data")
        self.random = random.Random(seed)
        self.child = child
        self.books = Books()
        self.counts = collections.Counter()
        self.oldest = 0.0

    def anew(self):
        self.disk.make()
        self.books = Books()

    def start(self, durability):
        return Writer([self.child, "write", self.data, durability, str(self.books.next)])

    def write_out_of_order(self):
        """Some ranges of some files, and then the journal: later parts may come before earlier ones."""
        files = list(pathlib.Path(self.data).glob("rocksdb/*.log"))
        for path in self.random.sample(files, min(len(files), self.random.randrange(1, 4))):
            try:
                with open(path, "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    for _ in range(self.random.randrange(1, 4)):
                        begin = self.random.randrange(0, size + 1) & ~4095
                        sync_file_range(file.fileno(), begin, 4096 * self.random.randrange(1, 9))
            except FileNotFoundError:
                continue  # The store has no more use for it.
        with open(os.path.join(self.disk.mounted, "beside"), "ab") as beside:
            beside.write(b"x")
            beside.flush()
            os.fsync(beside.fileno())

    def write(self, durability, seconds, is_last):
        """One life of the writer; the last one's ends with the cut."""
        writer = self.start(durability)
        # Some do not come so far as to write.
        alive = (self.random.random() < 0.15 or writer.begin()) and writer.read(seconds)
        if alive and is_last and self.random.random() < 0.5:
            self.write_out_of_order()
            alive = writer.read(self.random.random() * 0.02)
        if writer.acknowledged:
            self.books.synced()
        self.books.acknowledge(durability, writer.acknowledged)
        self.counts["acknowledged"] += len(writer.acknowledged)
        if is_last and alive:
            self.cut()
        text = writer.kill()
        if not is_last:
            self.books.killed()
        if not alive:
            raise Fault(f"the writer ended by itself: {text.strip()}")

    def cut(self):
        how = FLUSH_JOURNAL if self.random.random() < 0.2 else FLUSH_NOTHING
        self.books.cut(time.monotonic())
        self.disk.cut(how)
        self.counts["cuts"] += 1

    def boot(self):
        """The store must see that the machine has started anew, or not see when it was last open."""
        self.disk.boot()
        owner = pathlib.Path(self.data, "DYNOLITH_OWNER")
        if owner.exists():
            owner.write_text(self.random.choice(["1 another-boot\n", "1 another-boot\n", ""]))

    def cycle(self, mode):
        for _ in range(self.random.choice([0, 0, 1, 2])):
            before = self.random.choice(["always", "everysec", "never"])
            self.write(before, self.random.random() * 0.2, is_last=False)
            self.counts["kills"] += 1
        self.write(mode, self.random.random() * 0.3, is_last=True)
        self.boot()
        while self.random.random() < 0.2:  # And again, while it recovers.
            writer = self.start(mode)
            writer.read(self.random.random() * 0.06)
            if writer.acknowledged:
                self.books.synced()
            self.books.acknowledge(mode, writer.acknowledged)
            self.cut()
            writer.kill()
            self.boot()
        if self.random.random() < 0.2:
            self.disk.check()
        self.look()

    def look(self):
        """Opened twice: what the first opening left out must not come back."""
        for attempt in range(2):
            done = subprocess.run([self.child, "list", self.data], capture_output=True, timeout=60, check=False)
            text = done.stdout.decode()
            if done.returncode:
                raise Fault(f"not opened: {done.stderr.decode().strip()}")
            *numbers, verdict = text.split("\n")[:-1]
            if verdict != "whole":
                raise Fault(verdict)
            found = [int(number) for number in numbers]
            if attempt and found != self.books.settled:
                raise Fault("what the first opening left out came back")
            self.books.compare(found)
            self.counts["lost"] += self.books.lost
            self.counts["cycles with losses"] += bool(self.books.lost)
            self.oldest = max(self.oldest, self.books.oldest)


def sync_file_range(file, begin, count):
    """Writes these bytes of a file to the disk, and nothing else of it: os has no such call."""
    import ctypes  # Only here.
    libc = ctypes.CDLL(None, use_errno=True)
    whole = 1 | 2 | 4  # Wait for what is under way, write, wait.
    libc.sync_file_range(file, ctypes.c_int64(begin), ctypes.c_int64(count), whole)


def cut_the_store(directory, mode, cycles, seed, child):
    """The product. (passed, failed)"""
    subject = Run(directory, f"{seed}/{mode}", child)
    began = time.monotonic()
    number = 0
    try:
        for number in range(1, cycles + 1):
            if number % CYCLES_PER_IMAGE == 1:
                subject.anew()
            subject.cycle(mode)
    except (Fault, OSError, subprocess.TimeoutExpired) as fault:
        print(f"FAIL {mode}: cycle {number} of seed {seed}: {fault}")
        if subject.disk.is_mounted:
            subject.disk.unmount()
        kept = tempfile.mktemp(prefix="dynolith-power-cut-image-")
        shutil.copyfile(subject.disk.image, kept)
        print(f"the disk's image is left in {kept}")
        return number - 1 if number else 0, 1
    counts = subject.counts
    subject.disk.unmount()
    print(f"{mode}: {cycles} cycles, {counts['cuts']} cuts, {counts['kills']} kills, "
          f"{counts['acknowledged']} acknowledged writes; {counts['lost']} not synced yet and lost, in "
          f"{counts['cycles with losses']} cycles, of those to be synced every second the oldest "
          f"{subject.oldest * 1000:.0f} ms before its cut; {time.monotonic() - began:.0f} s", flush=True)
    return cycles, 0


def plain_writer(path, synced):
    """The control's child: appends numbers to a file for ever."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for number in range(1 << 30):
        os.write(file, f"{number:099}\n".encode())
        if synced:
            os.fdatasync(file)
        os.write(1, b"%d\n" % number)


def cut_plain_files(directory, cycles, seed):
    """The control: the cuts themselves keep what was synced and lose what was not. (passed, failed)"""
    disk = Disk(directory)
    chance = random.Random(f"{seed}/plain")
    lost = collections.Counter()
    for cycle in range(cycles):
        kind = "synced" if cycle % 2 else "unsynced"
        disk.make()
        path = os.path.join(disk.mounted, "file")
        writer = Writer([sys.executable, __file__, "--plain-writer", kind, path])
        writer.begin()
        writer.read(0.05 + chance.random() * 0.1)
        acknowledged = list(writer.acknowledged)
        disk.cut(FLUSH_JOURNAL if chance.random() < 0.2 else FLUSH_NOTHING)
        writer.kill()
        disk.boot()
        lines = pathlib.Path(path).read_bytes().split(b"\n")[:-1] if os.path.exists(path) else []
        there = [index for index, line in enumerate(lines) if line == b"%099d" % index]
        lost[kind] += len(set(acknowledged) - set(there))
    disk.unmount()
    print(f"plain files: {cycles} cuts, {lost['synced']} synced and {lost['unsynced']} unsynced writes lost")
    good = [lost["synced"] == 0, lost["unsynced"] > 0]
    return good.count(True), good.count(False)


def control_of_the_books():
    """The comparison: each kind of loss is noticed, and what may be lost is not blamed."""
    def books():
        subject = Books()
        subject.compare([1, 2])
        subject.acknowledge("always", {3: 100.0})
        subject.acknowledge("everysec", {4: 97.0, 5: 100.0})
        subject.cut(100.1)
        return subject
    bad = {"a lost one": [1, 2, 4], "an old one": [1, 2, 3], "an earlier one": [1, 3, 4, 5],
           "another order": [2, 1, 3, 4], "one twice": [1, 2, 3, 4, 4]}
    good = {"nothing": [1, 2, 3, 4, 5], "a late one": [1, 2, 4, 3], "one more": [1, 2, 3, 4, 5, 6]}
    passed = 0
    for what, found in {**bad, **good}.items():
        try:
            books().compare(found)
            noticed = False
        except Fault:
            noticed = True
        if noticed == (what in bad):
            passed += 1
        else:
            print(f"FAIL: the comparison is wrong about {what}")
    return passed, len(bad) + len(good) - passed


def reason_to_skip(directory):
    if os.getuid() != 0:
        return "only root may mount a file system"
    for program in ("mkfs.ext4", "e2fsck", "mount"):
        if not shutil.which(program):
            return f"there is no {program}"
    disk = Disk(directory)
    try:
        disk.make()
        disk.unmount()
    except OSError as problem:
        return f"no file system in a loop device here ({problem})"
    return None


def main():
    if sys.argv[1:2] == ["--plain-writer"]:
        return plain_writer(sys.argv[3], sys.argv[2] == "synced")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=8, help="of each mode")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--modes", default="always,everysec,never")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    results = [control_of_the_books()]
    directory = tempfile.mkdtemp(prefix="dynolith-power-cut-")
    reason = reason_to_skip(directory)
    if reason:
        print(f"the power cuts are skipped: {reason}\n{len(options.modes.split(',')) + 1} skipped")
    else:
        child = str(pathlib.Path(binary()).parents[1] / "tests" / "storage" / "kv" / "kv_child")
        results.append(cut_plain_files(directory, max(4, options.cycles // 4), options.seed))
        for mode in options.modes.split(","):
            results.append(cut_the_store(directory, mode, options.cycles, options.seed, child))
    shutil.rmtree(directory, ignore_errors=True)
    return summary(sum(passed for passed, _ in results), sum(failed for _, failed in results))


if __name__ == "__main__":
    sys.exit(main())
