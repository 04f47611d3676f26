#!/usr/bin/env bash
# How many instructions the core and a replay take, by callgrind: repeatable where time is noise.
# instructions.sh BIN_DIR [EVENTS]. A JSON line each. The core: a record decoded, an event applied, a
# deadline fired. The replay: a step, all in all, without libcrypto (valgrind has no SHA
# instructions, so its SHA-256 takes ten times what it takes) and what RocksDB does in the process.
set -euo pipefail
bin=$1 events=${2:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/refundctl" bench generate --events "$events" --seed 1 --to-kafka "$work/log" >/dev/null
"$bin/refundctl" export --log "$work/log" --out "$work/log.refund" >/dev/null

valgrind --tool=callgrind --callgrind-out-file="$work/core" --collect-atstart=no \
  --toggle-collect='refund::codec::DecodeUnhashed(*' --toggle-collect='refund::arbiter::Apply(*' \
  --toggle-collect='refund::arbiter::Fire(*' \
  "$bin/refundctl" bench core --json --file "$work/log.refund" >"$work/core.json" 2>/dev/null
valgrind --tool=callgrind --callgrind-out-file="$work/replay" \
  "$bin/refundctl" replay --json --file "$work/log.refund" --state "$work/state" \
  >"$work/replay.json" 2>/dev/null
for each in core replay; do
  callgrind_annotate --threshold=100 --inclusive=yes "$work/$each" >"$work/$each.inclusive"
  callgrind_annotate --threshold=100 "$work/$each" >"$work/$each.self"
done
python3 - "$work" <<'PY'
import json, re, sys
work = sys.argv[1]


def lines(name):
    for line in open(f"{work}/{name}"):
        found = re.match(r"\s*([\d,]+) \([^)]*\)\s+(.*)", line)
        if found:
            yield int(found[1].replace(",", "")), found[2]


def inclusive(name, function):
    return next((n for n, what in lines(f"{name}.inclusive") if function in what), 0)


def own(name, part):
    return sum(n for n, what in lines(f"{name}.self") if part in what)


core = json.load(open(f"{work}/core.json"))
applied = core["events"] + core["refused"] + core["duplicates"]
total = inclusive("core", "PROGRAM TOTALS")
print(json.dumps({
    "metric": "core_instructions", "decode_a_record": inclusive("core", "codec::DecodeUnhashed(") // core["records"],
    "apply_an_event": inclusive("core", "refund::arbiter::Apply(") // applied,
    "fire_a_deadline": inclusive("core", "refund::arbiter::Fire(") // core["fired"],
    "an_event": total // core["events"]}))
replay = json.load(open(f"{work}/replay.json"))
steps = replay["read"] + replay["fired"]
total = inclusive("replay", "PROGRAM TOTALS")
print(json.dumps({
    "metric": "replay_instructions", "a_step": total // steps,
    "a_step_but_for_libcrypto": (total - own("replay", "libcrypto")) // steps,
    "encode_a_step": inclusive("replay", "codec::EncodeStep") // steps,
    "rocksdb_write_a_step": inclusive("replay", "rocksdb::DBImpl::Write(") // steps,
    "rocksdb_files_a_step": inclusive("replay", "rocksdb::BuildTable(") // steps}))
PY
