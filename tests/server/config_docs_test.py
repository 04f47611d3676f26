#!/usr/bin/env python3
"""The manual shows the configuration that the binary prints, and the exit codes that it promises."""
import os
import re
import subprocess
import unittest

import daemon
import ctl


class ConfigDocs(ctl.CtlTest):
    def setUp(self):
        super().setUp()
        with open(os.path.join(ctl.ROOT, "docs", "OPERATIONS.md"), encoding="utf-8") as file:
            self.manual = file.read()

    def refundd(self, *args):
        return subprocess.run([os.path.join(ctl.BIN, "refundd"), *args], capture_output=True, text=True)

    def test_the_manual_shows_the_default_configuration(self):
        shown = re.search(r"```toml\n(.*?)```", self.manual, re.S).group(1)
        printed = self.refundd("--print-default-config").stdout
        self.assertEqual(shown, printed)
        checked = self.refundd("--check-config", "--config", self.write("default.toml", printed))
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    def test_help_and_manual_name_the_same_exit_codes(self):
        said = set(re.findall(r"(?:codes: |, |\n)(\d+) ", self.refundd("--help").stdout.split("Exit codes")[1]
                              .replace(": ", "codes: ", 1)))
        shown = set(re.findall(r"^\| (\d+) \|", self.manual, re.M))
        self.assertEqual(said, shown)


if __name__ == "__main__":
    daemon.main()
