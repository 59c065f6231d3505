"""Starts `dynolith serve` for a test and speaks the wire protocol to it. Standard library only.

    with Server("--in-memory") as server:
        reply = server.client().call("ListTables", {})
"""
import http.client
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 30


def binary():
    """The program under test: what DYNOLITH_BINARY names, else the newest build."""
    named = os.environ.get("DYNOLITH_BINARY")
    if named:
        return named
    built = sorted(ROOT.glob("build/*/tools/dynolith"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise SystemExit("No dynolith program in build/: run tools/test, or set DYNOLITH_BINARY")
    return str(built[-1])


class StartFailure(Exception):
    """The server ended instead of serving; `status` and `text` are what it left."""

    def __init__(self, status, text):
        super().__init__(f"exit status {status}: {text}")
        self.status = status
        self.text = text


class Server:
    """A running server on a free port. Not shared between tests."""

    def __init__(self, *flags, program=None, start=True):
        self.process = None
        self.errors = tempfile.TemporaryFile()
        self.flags = list(flags)
        self.program = program or binary()
        self.port = None
        self.banner = ""
        if start:
            self.start()

    def start(self, *more_flags, own_arguments=None):
        """Returns when the server has said that it listens. Raises StartFailure."""
        arguments = own_arguments
        if arguments is None:
            arguments = ["serve", "--port", "0", *self.flags, *more_flags]
        self.process = subprocess.Popen(
            [self.program, *arguments], stdout=subprocess.PIPE, stderr=self.errors)
        os.set_blocking(self.process.stdout.fileno(), False)
        self._read_banner()
        return self

    def _read_banner(self):
        text = b""
        deadline = time.monotonic() + START_SECONDS_MAX
        while b"Durability:" not in text:
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise StartFailure(None, f"no banner after {START_SECONDS_MAX} s: {text!r}")
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            if not ready:
                continue
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                status = self.process.wait()
                self.process.stdout.close()
                raise StartFailure(status, self.standard_error())
            text += piece
        self.banner = text.decode()
        self.port = int(self.banner.split("Port:", 1)[1].split()[0])

    def standard_error(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options):
        return Client(self.port, **options)

    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As a power button would, for the process."""
        if self.is_up():
            self.process.send_signal(signal.SIGKILL)
        return self.wait()

    def stop(self):
        """As a user would. Returns the exit status."""
        if self.is_up():
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        """The exit status of a server that was told to end."""
        if self.process is None:
            return None
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process.stdout.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def __del__(self):
        self.kill()
        self.errors.close()


class Reply:
    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = headers
        self.raw = raw

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def error(self):
        """The bare name of the error, or None."""
        if self.status == 200:
            return None
        return self.body.get("__type", "").rpartition("#")[2]

    @property
    def message(self):
        body = self.body
        return body.get("message", body.get("Message"))


class OperationFailure(Exception):
    def __init__(self, operation, reply):
        super().__init__(f"{operation}: {reply.status} {reply.raw[:400]!r}")
        self.reply = reply


def target_of(operation):
    """With the name of the service whose operation it is."""
    streams = operation in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return ("DynamoDBStreams_20120810." if streams else "DynamoDB_20120810.") + operation


class Client:
    """One connection, one thread. `access_key` and `region` matter to a server that isolates."""

    def __init__(self, port, access_key="test", region="us-east-1", timeout=60):
        self.authorization = (
            f"AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def headers(self, target):
        return {
            "X-Amz-Target": target,
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": self.authorization,
            "Content-Type": "application/x-amz-json-1.0",
        }

    def send(self, target, body, more_headers=None):
        """POSTs bytes as they are."""
        self.connection.request("POST", "/", body=body,
                                headers={**self.headers(target), **(more_headers or {})})
        response = self.connection.getresponse()
        return Reply(response.status, response.headers, response.read())

    def raw(self, target, body, method="POST", path="/", headers=None):
        """Any request at all. A header given as None is left out."""
        together = {**self.headers(target), **(headers or {})}
        together = {name: value for name, value in together.items() if value is not None}
        self.connection.request(method, path, body=body, headers=together)
        response = self.connection.getresponse()
        return Reply(response.status, response.headers, response.read())

    def call(self, operation, parameters):
        return self.send(target_of(operation), json.dumps(parameters).encode())

    def ok(self, operation, parameters):
        """The answer's body; raises OperationFailure for an error."""
        reply = self.call(operation, parameters)
        if reply.status != 200:
            raise OperationFailure(operation, reply)
        return reply.body

    def pages(self, operation, parameters):
        """The bodies of all pages of a Query or Scan."""
        parameters = dict(parameters)
        while True:
            page = self.ok(operation, parameters)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def items(self, operation, parameters):
        for page in self.pages(operation, parameters):
            yield from page["Items"]

    def close(self):
        self.connection.close()


def table(name, key, local=(), global_=(), **more):
    """CreateTable parameters in short: key "p:S s:N"; indexes as (name, key, projection), where a
    projection is "ALL", "KEYS_ONLY" or a list of attributes. A global key may have several
    attributes of one role: "a:S b:S / c:N"."""
    types = {}

    def schema(text):
        sides = [side.split() for side in text.split("/")] if "/" in text else None
        if sides is None:
            words = text.split()
            sides = [words[:1], words[1:]]
        elements = []
        for role, words in zip(("HASH", "RANGE"), sides):
            for word in words:
                attribute, kind = word.split(":")
                types[attribute] = kind
                elements.append({"AttributeName": attribute, "KeyType": role})
        return elements

    def projection(given):
        if isinstance(given, str):
            return {"ProjectionType": given}
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(given)}

    def indexes(given):
        return [{"IndexName": name, "KeySchema": schema(text), "Projection": projection(what)}
                for name, text, what in given]

    parameters = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema(key)}
    if local:
        parameters["LocalSecondaryIndexes"] = indexes(local)
    if global_:
        parameters["GlobalSecondaryIndexes"] = indexes(global_)
    parameters["AttributeDefinitions"] = [
        {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]
    parameters.update(more)
    return parameters
