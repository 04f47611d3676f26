"""The core, as both proofs mean it: its folders, the tests that must notice what is changed there, and how they run."""
import os

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CORE = ["engine/domain", "engine/policy", "engine/ledger", "engine/arbiter"]
# The quick and telling ones first: the first that fails ends a mutant.
TESTS = ["machines_test", "ledger_test", "arbiter_test", "invariants_test", "assess_test", "pack_book_test",
         "money_test", "key_test", "fault_test", "cases_test", "histories_test", "pack_codec_test", "generate_test"]


def test_command(build, test, *options):
    return [f"{build}/bin/{test}", "--gtest_brief=1", *options]


def model_command(tree, build, histories, *options):
    """So many random histories, against the reference model (tests/model)."""
    return [f"{tree}/tests/model/compare.py", "--bin", f"{build}/bin", "--histories", str(histories), *options]
