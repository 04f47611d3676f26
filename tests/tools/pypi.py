"""The Python of tests that need packages of PyPI: var/venv, made when first asked for.

`pypi.enter()` at the top of a test starts it again inside. Where the packages can't be had the test says SKIPPED
and why, and fails in CI (the variable CI, or REFUND_REQUIRE_ALL=1): a skip there would be a hole."""
import fcntl
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
VENV = os.path.join(ROOT, "var", "venv")
REQUIREMENTS = os.path.join(ROOT, "tests", "requirements.txt")


def _make():
    """An error's text, or nothing."""
    stamp = os.path.join(VENV, "requirements.txt")
    os.makedirs(VENV, exist_ok=True)
    with open(os.path.join(VENV, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests may begin at once
        wanted = open(REQUIREMENTS, encoding="utf-8").read()
        if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
            return None
        for command in ([sys.executable, "-m", "venv", VENV],
                        [os.path.join(VENV, "bin", "pip"), "install", "-q", "-r", REQUIREMENTS]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                return (done.stderr or done.stdout).strip().split("\n")[-1]
        with open(stamp, "w", encoding="utf-8") as out:
            out.write(wanted)
    return None


def enter():
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    error = _make()
    if error is not None:
        print(f"SKIPPED: no packages of PyPI here: {error}")
        sys.exit(1 if os.environ.get("CI") or os.environ.get("REFUND_REQUIRE_ALL") else 77)
    python = os.path.join(VENV, "bin", "python")
    os.execv(python, [python, *sys.argv])  # by its path: Python finds its packages beside it
