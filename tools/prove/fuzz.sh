#!/usr/bin/env bash
# fuzz.sh BIN TARGET [--seconds N] [--keep DIR]: one fuzz target of the preset `asan` (tests/fuzz/README.md). Prints
# its edge coverage; exit 1, and where the input lies, if it found something. A TARGET_planted must find its bug
# within N seconds of CPU instead, and a planted bug that the corpus itself meets is no proof. --keep: inputs that reached
# something new stay there, and are begun with the next time.
set -euo pipefail
readonly ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  echo "fuzz.sh: expected BIN TARGET [--seconds N] [--keep DIR], found: $*" >&2
  exit 2
}

[ $# -ge 2 ] || usage "$@"
bin=$1 target=${2#fuzz_}
shift 2
seconds=60 keep=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage "$@"
  case $1 in
    --seconds) seconds=$2 ;;
    --keep) keep=$2 ;;
    *) usage "$@" ;;
  esac
  shift 2
done
[ -x "$bin/fuzz_$target" ] || { echo "fuzz.sh: expected a program, found none: $bin/fuzz_$target" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
findings=$ROOT/var/fuzz/findings
mkdir -p "$findings" "${keep:=$work/corpus}"
log=$work/log
started=$SECONDS
set +e
# A bug is to be found within a minute of work; how much of that a busy machine gives us is not its affair.
wall=$seconds
[[ $target = *_planted ]] && wall=$((10 * seconds)) && ulimit -t "$seconds"
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-16
"$bin/fuzz_$target" "$keep" "$ROOT/tests/fuzz/corpus/${target%_planted}" \
  -max_total_time="$wall" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$work/" >"$log" 2>&1
found=$?
set -e
took=$((SECONDS - started))

grep '^corpus:' "$log" || true
edges=$(grep -o 'cov: [0-9]*' "$log" | tail -1 | cut -d' ' -f2 || true)
inputs=$(grep -o '^#[0-9][0-9]*' "$log" | tail -1 | tr -d '#' || true)
if [[ $target = *_planted ]]; then
  if [ "$found" -ne 0 ] && grep -q 'INITED' "$log" && grep -q 'in refund::fuzz::PlantedBug' "$log"; then
    echo "fuzz $target: the planted bug found after $took s, $inputs inputs"
    exit 0
  fi
  echo "fuzz $target: expected the planted bug within $seconds s, found it not; the end of the log:" >&2
  tail -5 "$log" >&2
  exit 1
fi
echo "fuzz $target: $edges edges, $inputs inputs in $took s"
[ "$found" -eq 0 ] && exit 0
cp "$log" "$findings/$target.log"
for input in "$work"/{crash,leak,oom,timeout,slow-unit}-*; do
  [ -f "$input" ] || continue
  cp "$input" "$findings/$target-$(basename "$input")"
  # Where only the log of a machine comes back, the input is in it: base64 -d | gunzip.
  echo "fuzz $target: $(basename "$input"): $(gzip -9 <"$input" | base64 -w0 | head -c 6000)" >&2
done
grep -aE 'ERROR:|CHECK|runtime error:|SUMMARY:' "$log" | head -5 >&2 || true
grep -aE '^ +#[0-9]+ .* in refund::' "$log" | head -10 >&2 || true
echo "fuzz $target: FOUND something: $findings/$target.log, and the input beside it" >&2
exit 1
