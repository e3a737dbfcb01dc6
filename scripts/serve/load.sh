#!/usr/bin/env bash
# Requests a second of the server beside the bare model in a loop: scripts/serve/load.sh [SECONDS [ROUNDS [MODELS]]]
# mlp-s and lenet5 get an image as the bytes of a tensor, all-MiniLM-L6-v2 a sentence; wrk asks over 1, 8 and 64
# connections. The bare model computes row after row, each with all threads. 10 seconds and 3 rounds by default; medians
# of the rounds are printed, and of the ratios in each round. Takes: wrk, a JDK 25 in JAVA_HOME or on the path.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
neurite=$here/../../neurite
seconds=${1:-10}
rounds=${2:-3}
models=${3:-/tmp/neurite-serve}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$here/models.sh" "$models"
[ -d "$models/lenet5" ] || "$neurite" train fashion-mnist --model lenet5 --epochs 1 --quiet --out "$models/lenet5"
[ -d "$models/mlp-s" ] || "$neurite" train fashion-mnist --layers 128 --epochs 1 --quiet --out "$models/mlp-s"
. "$here/start.sh"
names="mlp-s lenet5 minilm"
begin server "$neurite" serve "$models"/{mlp-s,lenet5,minilm} --port 0
target=$here/../../cli/target/launcher
lib=$target/$(head -n 1 "$target/current")

script() { [ "$1" = minilm ] && echo "$here/clients/sentences.lua" || echo "$here/clients/images.lua"; }
load() { # MODEL CONNECTIONS SECONDS
  wrk -t 1 -c "$2" -d "$3s" --timeout 30s -s "$(script "$1")" "$(url_of server)" "$1" | sed -n 's/^@ //p'
}
bare() { # MODEL SECONDS
  "$java" $(grep '^-' "$here/../../build/jvm.options") --add-modules jdk.incubator.vector -cp "$lib/*" \
    "$here/clients/Bare.java" "$models/$1" "$2" 2>"$work/bare.err" || {
    cat "$work/bare.err" >&2
    exit 1
  }
}
for name in $names; do load "$name" 8 "$seconds" >/dev/null; done # warm
for _ in $(seq "$rounds"); do
  for name in $names; do
    rows=$(bare "$name" "$seconds")
    echo "$name bare $rows 0 0 0" >>"$work/rounds"
    for connections in 1 8 64; do
      echo "$name $connections $(load "$name" "$connections" "$seconds")" >>"$work/rounds"
    done
  done
done
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
ratios() { # MODEL CONNECTIONS: requests a second of each round, divided by the rows of the bare model in it
  awk -v s="$1" -v c="$2" '$1 == s && $2 == "bare" { rows = $3 } $1 == s && $2 == c { printf "%.2f\n", $3 / rows }' "$work/rounds"
}
printf '%-8s %11s %12s %8s %9s %9s %6s\n' model connections requests/s 'of bare' 'p50 ms' 'p99 ms' wrong
for name in $names; do
  for connections in bare 1 8 64; do
    of=$(awk -v s="$name" -v c="$connections" '$1 == s && $2 == c' "$work/rounds")
    column() { awk -v n="$1" '{ print $n }' <<<"$of" | median; }
    printf '%-8s %11s %12s %8s %9s %9s %6s\n' "$name" "$connections" "$(column 3)" \
      "$(ratios "$name" "$connections" | median)" "$(column 4)" "$(column 5)" "$(awk '{ n += $6 } END { print n }' <<<"$of")"
  done
done
