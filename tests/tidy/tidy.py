#!/usr/bin/env python3
"""Layering and determinism, checked on the sources and on the object files.

tidy.py layers | bans | objects BUILD_DIR | tree | self-test
Exits with 1 and one line a finding. layers.txt and bans.txt beside this file are the rules.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OURS = ("engine", "projections", "server", "tools", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def sources(root):
    for top in OURS:
        for folder, _, files in os.walk(os.path.join(root, top)):
            for name in sorted(files):
                if name.endswith((".h", ".cc")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def read_layers():
    ours, third = {}, {}
    for line in open(os.path.join(HERE, "layers.txt"), encoding="utf-8"):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, allowed = (part.strip() for part in line.split(":", 1))
        (third if name.endswith("/") else ours)[name] = allowed.split()
    return ours, third


def layer_of(path, ours):
    found = [name for name in ours if path.startswith(name + "/")]
    return max(found, key=len) if found else None


def within(path, allowed):
    return any(path == each or path.startswith(each.rstrip("/") + "/") for each in allowed)


def check_layers(root):
    ours, third = read_layers()
    for path in sources(root):
        layer = layer_of(path, ours)
        if layer is None:
            yield f"{path}: in no folder that layers.txt names"
            continue
        for number, line in enumerate(open(os.path.join(root, path), encoding="utf-8"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(2)
            where = f"{path}:{number}: includes {target}"
            if target.startswith(tuple(top + "/" for top in OURS)):
                if not within(target, [layer] + ours[layer]):
                    yield f"{where}, which {layer} may not"
            else:
                for prefix, allowed in third.items():
                    if target.startswith(prefix) and "*" not in allowed and \
                            not path.startswith("tests/") and not within(path, allowed):
                        yield f"{where}, which belongs to {' '.join(allowed)} alone"


def read_bans():
    bans = {}
    for line in open(os.path.join(HERE, "bans.txt"), encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line:
            name, words = line.split(":", 1)
            bans.setdefault(name, []).extend(words.split())
    return bans


def is_core(path, core):
    stem = path.rsplit(".", 1)[0]
    return any(stem == each or path.startswith(each + "/") for each in core)


def code_of(text):
    """The text without comments and string literals; line numbers stay."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def check_bans(root):
    bans = read_bans()
    words = re.compile(r"(?<![\w:])(" + "|".join(map(re.escape, bans["word"])) + r")\b(?!\s*/)")
    for path in sources(root):
        if not is_core(path, bans["core"]):
            continue
        text = open(os.path.join(root, path), encoding="utf-8").read()
        for number, line in enumerate(text.split("\n"), 1):
            match = INCLUDE.match(line)
            if match and match.group(2) in bans["include"]:
                yield f"{path}:{number}: the core may not include {match.group(2)}"
        for number, line in enumerate(code_of(text).split("\n"), 1):
            if not line.lstrip().startswith("#include"):
                for word in words.findall(line):
                    yield f"{path}:{number}: the core may not use {word}"


def check_objects(build):
    bans = read_bans()
    symbols = re.compile(r"^(" + "|".join(bans["symbol"]) + r")(@|\(|::|$)")
    instructions = re.compile(r"\t(v?(" + "|".join(bans["instruction"]) + r"))\s")
    checked = 0
    for library in bans["library"]:
        archive = None
        for folder, _, files in os.walk(build):
            if f"lib{library}.a" in files:
                archive = os.path.join(folder, f"lib{library}.a")
        if archive is None:
            yield f"lib{library}.a is not below {build}"
            continue
        undefined = subprocess.run(["nm", "-C", "-u", archive], capture_output=True, text=True, check=True)
        for line in undefined.stdout.split("\n"):
            name = line.strip()[2:] if line.strip().startswith("U ") else ""
            if symbols.match(name):
                yield f"lib{library}.a: uses {name}"
        code = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", archive],
                              capture_output=True, text=True, check=True)
        function = "?"
        for line in code.stdout.split("\n"):
            if line.endswith(">:"):
                function = line.split("<", 1)[1][:-2]
            match = instructions.search(line)
            if match:
                yield f"lib{library}.a: {function}: {match.group(1)}"
        checked += 1
    print(f"{checked} libraries looked at")


def check_tree(root):
    """Every .cc and .h is named in the CMakeLists.txt of its folder or one above; every line fits."""
    for path in sources(root):
        folder, name = os.path.split(path)
        listed = False
        while folder and not listed:
            lists = os.path.join(root, folder, "CMakeLists.txt")
            if os.path.exists(lists):
                relative = os.path.relpath(path, folder)
                listed = re.search(r"(?<![\w/.])" + re.escape(relative) + r"(?![\w/])",
                                   open(lists, encoding="utf-8").read()) is not None
            folder = os.path.dirname(folder)
        if not listed:
            yield f"{path}: named in no CMakeLists.txt"
        text = open(os.path.join(root, path), encoding="utf-8").read()
        for number, line in enumerate(text.split("\n"), 1):
            if re.search(r"\bFIXME\b|\bXXX\b", line):
                yield f"{path}:{number}: FIXME"


def self_test():
    """Each check finds what was planted."""
    plants = {
        "engine/arbiter/a.cc": '#include "engine/codec/x.h"\n#include <chrono>\ndouble x;\n',
        "engine/domain/b.cc": '#include <rocksdb/db.h>\nint f() { return rand(); }\n',
    }
    with tempfile.TemporaryDirectory() as root:
        for path, text in plants.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            open(os.path.join(root, path), "w", encoding="utf-8").write(text)
        layers, bans, tree = list(check_layers(root)), list(check_bans(root)), list(check_tree(root))
    assert len(layers) == 2, layers
    assert len(bans) == 3, bans
    assert len(tree) == 2, tree
    return []


def main():
    checks = {
        "layers": lambda: check_layers(ROOT),
        "bans": lambda: check_bans(ROOT),
        "tree": lambda: check_tree(ROOT),
        "objects": lambda: check_objects(sys.argv[2]),
        "self-test": self_test,
    }
    if len(sys.argv) < 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    findings = list(checks[sys.argv[1]]())
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
