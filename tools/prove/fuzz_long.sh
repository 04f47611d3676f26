#!/usr/bin/env bash
# fuzz_long.sh HOURS: every fuzz target in turn, ten minutes at a time, until so many hours are over. What reaches
# something new is kept in var/fuzz/TARGET, and begun with in the next round. Ends at the first finding.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

hours=${1:-}
[[ $hours =~ ^[0-9]+$ ]] || { echo "fuzz_long.sh: expected a number of hours, found: ${hours:-nothing}" >&2; exit 2; }
while [ "$SECONDS" -lt $((hours * 3600)) ]; do
  for seeds in tests/fuzz/corpus/*; do
    target=$(basename "$seeds")
    tools/prove/fuzz.sh build/asan/bin "$target" --seconds 600 --keep "var/fuzz/$target"
  done
done
