#!/usr/bin/env bash
# Replay speed of an exported log into RocksDB, every view on: replay_speed.sh BIN_DIR [ORDERS] [RUNS]
# Beside each rate the rate of `sha256sum` over the same file, run just before: compare ratios, not hours.
set -euo pipefail
bin=$1 orders=${2:-40000} runs=${3:-3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$here/../../tests/tools/disputes.py" "$orders" 1 >"$work/disputes.jsonl"
"$bin/refundctl" append --as-recorded --log "$work/log" "$work/disputes.jsonl" >/dev/null
for _ in 1 2 3; do
  "$bin/refundctl" tick --log "$work/log" --until 2025-06-01T00:00:00+08:00 >/dev/null
done
"$bin/refundctl" export --log "$work/log" --out "$work/log.refund" >/dev/null
bytes=$(stat -c %s "$work/log.refund")
for ((run = 1; run <= runs; ++run)); do
  python3 - "$bin/refundctl" "$work" "$bytes" "$run" <<'PY'
import json, resource, subprocess, sys, time
ctl, work, size, run = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
start = time.monotonic()
subprocess.run(["sha256sum", f"{work}/log.refund"], check=True, stdout=subprocess.DEVNULL)
sha = time.monotonic() - start
before = resource.getrusage(resource.RUSAGE_CHILDREN)
out = subprocess.run([ctl, "replay", "--json", "--file", f"{work}/log.refund", "--state", f"{work}/state{run}"],
                     check=True, capture_output=True, text=True).stdout
after = resource.getrusage(resource.RUSAGE_CHILDREN)
r = json.loads(out)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
steps = r["read"] + r["fired"]
print(json.dumps({"metric": "replay_file", "records": r["read"], "fired": r["fired"], "decisions": r["decisions"],
                  "seconds": r["seconds"], "records_per_s": round(r["read"] / r["seconds"]),
                  "cpu_us_per_step": round(cpu / steps * 1e6, 2), "peak_rss_mib": after.ru_maxrss // 1024,
                  "sha256sum_mib_per_s": round(size / sha / 2**20)}))
PY
done
