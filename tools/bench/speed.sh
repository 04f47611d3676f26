#!/usr/bin/env bash
# How fast the core is by itself, and a replay of an exported log into RocksDB with every view on:
# speed.sh BIN_DIR [EVENTS] [RUNS]. One JSON line a run, the two interleaved, over the same generated
# log; beside them the rate of `sha256sum` over the file: compare ratios, not hours.
set -euo pipefail
bin=$1 events=${2:-200000} runs=${3:-3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/refundctl" bench generate --events "$events" --seed 1 --to-kafka "$work/log" >/dev/null
"$bin/refundctl" export --log "$work/log" --out "$work/log.refund" >/dev/null
commit=$(git -C "$here" describe --always --dirty --abbrev=10)
for ((run = 1; run <= runs; ++run)); do
  python3 - "$bin/refundctl" "$work" "$run" "$commit" <<'PY'
import json, os, resource, shutil, subprocess, sys, time
ctl, work, run, commit = sys.argv[1:]
log, state = f"{work}/log.refund", f"{work}/state{run}"


def timed(*command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(**line):
    head = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit,
            "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(head | line), flush=True)


_, sha, _ = timed("sha256sum", log)
beside = {"sha256sum_mib_per_s": round(os.path.getsize(log) / sha / 2**20)}
core = json.loads(timed(ctl, "bench", "core", "--json", "--file", log)[0])
tell(**core, **beside)
out, _, cpu = timed(ctl, "replay", "--json", "--file", log, "--state", state)
r = json.loads(out)
events = core["events"]  # Ticks and refusals do not count
steps = r["read"] + r["fired"]
rate = events / r["seconds"]
tell(metric="replay_file", records=r["read"], events=events, fired=r["fired"], decisions=r["decisions"],
     seconds=r["seconds"], events_per_s=round(rate), records_per_s=round(r["read"] / r["seconds"]),
     cpu_us_per_step=round(cpu / steps * 1e6, 2),
     replay_by_core=round(rate / core["events_per_s"], 3),
     peak_rss_mib=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, **beside)
shutil.rmtree(state)
PY
done
