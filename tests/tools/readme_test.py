#!/usr/bin/env python3
"""The README's commands, run as they stand; what it shows of their output must be there."""
import os
import re
import shlex
import subprocess
import unittest

import ctl


class Readme(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        with open(os.path.join(ctl.ROOT, "README.md"), encoding="utf-8") as file:
            self.text = file.read()

    def test_the_five_commands(self):
        block = re.search(r"```\n(\$ refundctl.*?)```", self.text, re.S).group(1)
        commands = re.findall(r"^\$ (refundctl .*)\n((?:(?!\$ ).+\n)*)", block, re.M)
        self.assertEqual(len(commands), 5)
        os.symlink(os.path.join(ctl.ROOT, "examples"), self.path("examples"))
        for command, shown in commands:
            words = shlex.split(command)
            words[0] = os.path.join(ctl.BIN, "refundctl")
            done = subprocess.run(words, cwd=self.dir, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, command + done.stderr)
            for line in shown.strip().split("\n"):
                self.assertIn(line, done.stdout, command)

    def test_policy_explain(self):
        words = re.search(r"refundctl (policy explain [^#;\n]*)", self.text).group(1)
        ctl.ctl(*shlex.split(words), check=0)

    def test_every_link_leads_somewhere(self):
        for folder in (ctl.ROOT, os.path.join(ctl.ROOT, "docs")):
            for name in os.listdir(folder):
                if name.endswith(".md"):
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        for target in re.findall(r"\]\(([^)#:]+)\)", file.read()):
                            self.assertTrue(os.path.exists(os.path.join(folder, target)), f"{name}: {target}")


if __name__ == "__main__":
    ctl.main()
