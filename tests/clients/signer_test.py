#!/usr/bin/env python3
"""The mapper's requests against botocore: the same signatures, the same credentials and regions
found in the same environment and files, also from the container and from the instance."""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import botocore.auth  # noqa: E402
import botocore.awsrequest  # noqa: E402
import botocore.credentials  # noqa: E402
from suite import run_unittest  # noqa: E402

PROGRAM = pathlib.Path(os.environ["DYNOLITH_BUILD"]) / "tests" / "remote_call"
TARGET = "DynamoDB_20120810.PutItem"
# botocore finds credentials and region in a process of its own: it reads the environment once.
FIND = """
import botocore.session
session = botocore.session.Session()
found = session.get_credentials().get_frozen_credentials()
print(found.access_key, found.secret_key, found.token or "", session.get_config_variable("region"), sep="|")
"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.received.append((self.command, self.path, self.headers, body))
        text = self.server.answers.get((self.command, self.path), "{}").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


def signature_by_botocore(received, credentials, region, body=None, service="dynamodb"):
    """What botocore signs the received request with."""
    method, path, headers, sent_body = received
    named = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = botocore.awsrequest.AWSRequest(
        method=method, url=f"http://{headers['Host']}{path}", data=sent_body if body is None else body,
        headers={name: headers[name] for name in named})
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer = botocore.auth.SigV4Auth(credentials, service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request)


class SignerTest(unittest.TestCase):
    def setUp(self):
        self.service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.service.received, self.service.answers = [], {}
        self.url = f"http://127.0.0.1:{self.service.server_port}"
        threading.Thread(target=self.service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.directory = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.service.shutdown()
        self.service.server_close()
        self.directory.cleanup()

    def environment(self, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, "HOME": self.directory.name, "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": self.url, **variables}

    def file(self, name, text):
        path = pathlib.Path(self.directory.name) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def call(self, body="{}", **variables):
        """What the program prints, and the one request for the service that came of it."""
        self.service.received.clear()
        done = subprocess.run([PROGRAM, TARGET, body], env=self.environment(**variables), capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        calls = [received for received in self.service.received if received[2]["X-Amz-Target"]]
        return done.stdout.strip(), calls[0] if len(calls) == 1 else None

    def signature(self, received):
        return received[2]["Authorization"].split("Signature=")[1]

    def check_same_as_botocore(self, **variables):
        """Both find the same key, secret, token and region. Returns the key."""
        found = subprocess.run([sys.executable, "-c", FIND], env=self.environment(**variables), capture_output=True,
                               text=True, timeout=60, check=True)
        key, secret, token, region = found.stdout.strip().split("|")
        printed, received = self.call(**variables)
        self.assertEqual(printed, "200 {}")
        headers = received[2]
        self.assertIn(f"Credential={key}/", headers["Authorization"])
        self.assertIn(f"/{region}/dynamodb/", headers["Authorization"])
        self.assertEqual(headers["X-Amz-Security-Token"] or "", token)
        credentials = botocore.credentials.Credentials(key, secret, token or None)
        self.assertEqual(self.signature(received), signature_by_botocore(received, credentials, region))
        return key

    def test_signatures(self):
        for body, path, token, region in (
                ("{}", "", None, "eu-central-1"), ('{"TableName": "täbel €"}', "", None, "us-east-1"),
                ("{}", "", "IQoJ+token/with==", "cn-north-1"), ("x" * 70_000, "/some/path", "t", "us-east-1"),
                ("", "/a%20b/", None, "r-1")):
            variables = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/+", "AWS_REGION": region,
                         "AWS_ENDPOINT_URL": self.url + path, **({"AWS_SESSION_TOKEN": token} if token else {})}
            with self.subTest(body=body[:20], path=path, token=token, region=region):
                printed, received = self.call(body, **variables)
                self.assertEqual(printed, "200 {}")
                self.assertEqual(received[:2], ("POST", path or "/"))
                self.assertEqual(received[3].decode(), body)
                self.assertEqual(received[2]["X-Amz-Security-Token"], token)
                credentials = botocore.credentials.Credentials("AKIDEXAMPLE", "secret/+", token)
                self.assertEqual(self.signature(received), signature_by_botocore(received, credentials, region))
                # The comparison can fail.
                self.assertNotEqual(self.signature(received),
                                    signature_by_botocore(received, credentials, region, b"changed"))
                for name in ("host", "content-type", "x-amz-date", "x-amz-target"):
                    self.assertIn(name, received[2]["Authorization"])

    def test_environment_and_files(self):
        self.file(".aws/config", "[default]\nregion = us-west-2\n[profile  work]\nregion=eu-west-1\n"
                  "aws_access_key_id = CONFIG\naws_secret_access_key = of config\n"
                  "[profile both]\nregion = eu-north-1\naws_access_key_id = LESS\naws_secret_access_key = less\n")
        self.file(".aws/credentials", "# keys\n[default]\naws_access_key_id = DEFAULT\naws_secret_access_key=a/b+c=\n"
                  "[both]\naws_access_key_id=MORE\naws_secret_access_key=more\naws_session_token = t0ken==\n")
        self.file("elsewhere", "[profile work]\nregion = ap-south-1\n")
        self.file("keys", "[work]\naws_access_key_id = OTHER\naws_secret_access_key = other\n")
        moved = {"AWS_CONFIG_FILE": f"{self.directory.name}/elsewhere", "AWS_SHARED_CREDENTIALS_FILE": "~/keys"}
        own = {"AWS_ACCESS_KEY_ID": "VARIABLE", "AWS_SECRET_ACCESS_KEY": "v", "AWS_DEFAULT_REGION": "sa-east-1"}
        for variables, expected in (({}, "DEFAULT"), ({"AWS_PROFILE": "both"}, "MORE"),
                                    ({"AWS_PROFILE": "work", **moved}, "OTHER"), (own, "VARIABLE"),
                                    ({"AWS_PROFILE": "both", **own, "AWS_SESSION_TOKEN": "x"}, "VARIABLE")):
            with self.subTest(variables=variables):
                self.assertEqual(self.check_same_as_botocore(**variables), expected)
        # A secret with a space is none: botocore would sign with it, and no service would accept that.
        self.assertIn("no_credentials", self.call(AWS_PROFILE="work")[0])

    def handed_out(self, key):
        return json.dumps({"Code": "Success", "AccessKeyId": key, "SecretAccessKey": "handed-out", "Token": "token",
                           "Expiration": "2099-01-01T00:00:00Z"})

    def test_container(self):
        self.service.answers[("GET", "/container?id=1")] = self.handed_out("CONTAINER")
        key = self.check_same_as_botocore(AWS_CONTAINER_CREDENTIALS_FULL_URI=self.url + "/container?id=1",
                                          AWS_CONTAINER_AUTHORIZATION_TOKEN="authorization", AWS_DEFAULT_REGION="eu-west-1")
        self.assertEqual(key, "CONTAINER")
        asked = [received for received in self.service.received if received[1] == "/container?id=1"]
        self.assertEqual(asked[-1][2]["Authorization"], "authorization")

    def test_instance(self):
        role = "/latest/meta-data/iam/security-credentials/"
        self.service.answers.update({("PUT", "/latest/api/token"): "TOKEN", ("GET", role): "a-role",
                                     ("GET", role + "a-role"): self.handed_out("INSTANCE")})
        key = self.check_same_as_botocore(AWS_EC2_METADATA_DISABLED="false", AWS_DEFAULT_REGION="eu-west-1",
                                          AWS_EC2_METADATA_SERVICE_ENDPOINT=self.url + "/")
        self.assertEqual(key, "INSTANCE")
        asked = [received for received in self.service.received if received[1].startswith("/latest/")]
        self.assertEqual([request[0] for request in asked], ["PUT", "GET", "GET"])
        self.assertEqual(asked[-1][2]["X-aws-ec2-metadata-token"], "TOKEN")

    def test_process(self):
        program = pathlib.Path(self.directory.name) / "program.py"
        program.write_text("import json, sys\nprint(json.dumps({'Version': 1, 'AccessKeyId': sys.argv[1], "
                           "'SecretAccessKey': 'of-program', 'SessionToken': 't', "
                           "'Expiration': '2099-01-01T00:00:00Z'}))\n")
        self.file(".aws/config", f"[default]\nregion = eu-west-1\ncredential_process = {sys.executable} '{program}' PROGRAM\n")
        self.assertEqual(self.check_same_as_botocore(), "PROGRAM")

    def test_role(self):
        self.file(".aws/config", "[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/r\n"
                  "source_profile = base\nrole_session_name = s\n[profile base]\naws_access_key_id = BASE\n"
                  "aws_secret_access_key = base\n")
        self.service.answers.update({("POST", path): "<AssumeRoleResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
                                     "<AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>"
                                     "<SecretAccessKey>assumed</SecretAccessKey><SessionToken>token</SessionToken>"
                                     "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
                                     "</AssumeRoleResponse>" for path in ("/sts", "/sts/")})
        printed, received = self.call(AWS_ENDPOINT_URL_STS=self.url + "/sts")
        self.assertEqual(printed, "200 {}")
        self.assertIn("Credential=ASSUMED/", received[2]["Authorization"])
        self.assertEqual(received[2]["X-Amz-Security-Token"], "token")
        asked = [each for each in self.service.received if each[1].startswith("/sts")]
        self.assertEqual(len(asked), 1)
        self.assertIn(b"Action=AssumeRole&", asked[0][3])
        base = botocore.credentials.Credentials("BASE", "base")
        self.assertEqual(self.signature(asked[0]), signature_by_botocore(asked[0], base, "eu-west-1", service="sts"))

    def test_errors(self):
        self.assertIn("no region", self.call()[0])
        printed, _ = self.call(AWS_REGION="eu-west-1")
        self.assertTrue(printed.startswith("no_credentials: "), printed)
        self.file(".aws/config", "[default]\nrole_arn = arn\nsource_profile = x\nregion = eu-west-1\n")
        self.assertIn("the profile x is in neither the config nor the credentials file", self.call()[0])
        self.file(".aws/config", "[default]\nsso_session = s\nsso_account_id = 1\nregion = eu-west-1\n")
        self.assertIn("which is not supported", self.call()[0])
        self.assertEqual(self.service.received, [])


if __name__ == "__main__":
    run_unittest()
