#!/usr/bin/env python3
"""The README's first session prints what the README says it prints; its links lead somewhere."""
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from aws_cli_test import ENVIRONMENT  # noqa: E402
from server import ROOT, Server  # noqa: E402
from suite import run_unittest  # noqa: E402

README = (ROOT / "README.md").read_text()


def session():
    """[(command, what it prints)] of the console block."""
    (block,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append([line[2:], ""])
        else:
            steps[-1][1] += line + "\n"
    return steps


class ReadmeTest(unittest.TestCase):
    def test_first_session(self):
        steps = session()
        self.assertEqual(len(steps), 5)
        environment = {name: value for name, value in ENVIRONMENT.items()
                       if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")}
        # Debian's aws; another may come first in the path.
        environment["PATH"] = "/usr/bin:" + environment["PATH"]
        with Server("--in-memory") as server:
            definition = steps[0][0].replace("localhost:8000", f"127.0.0.1:{server.port}")
            self.assertNotEqual(definition, steps[0][0])
            for command, printed in steps[1:]:
                done = subprocess.run(["bash", "-c", f"{definition}\n{command}"], env=environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
                self.assertEqual(done.stdout, printed, command)

    def test_links(self):
        for page in [*ROOT.glob("**/README.md"), *ROOT.glob("odm/*.md")]:
            if {"node_modules", "build"} & set(page.relative_to(ROOT).parts):
                continue
            prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
            for target in re.findall(r"\]\(([^)#:]+)\)", prose):
                self.assertTrue((page.parent / target).exists(), f"{page}: {target}")

    def test_scripts_it_names(self):
        for name in set(re.findall(r"\btools/[a-z-]+(?:\.py)?\b", README)):
            self.assertTrue((ROOT / name).is_file(), name)


if __name__ == "__main__":
    run_unittest()
