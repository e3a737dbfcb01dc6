#!/usr/bin/env bash
# Vectors of sentences, all-MiniLM-L6-v2: requests a second of Neurite's server beside the plainest server in Node with
# onnxruntime: scripts/serve/beside_onnxruntime.sh [SECONDS [ROUNDS [MODELS]]]
# Both get the same sentences from wrk, by turns, with 1, 8 and 64 connections. 10 seconds and 3 rounds by default; the
# medians of the rounds are printed. Takes: Node with npm, wrk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:-10}
rounds=${2:-3}
models=${3:-/tmp/neurite-serve}
threads=$(nproc)
"$here/models.sh" "$models"
. "$here/start.sh"
cp "$here"/clients/{minilm.mjs,package.json} "$work"
(cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts)
begin neurite "$here/../../neurite" serve "minilm=$models/minilm" --port 0 --threads "$threads"
begin onnxruntime node "$work/minilm.mjs" "$models/minilm/model.onnx" "$models/minilm/tokenizer.json" "$threads"

vector() {
  curl -sf "$(url_of "$1")/v1/embeddings" -H 'Content-Type: application/json' \
    -d '{"model":"minilm","input":"The cat sits outside.","encoding_format":"float"}'
}
for server in neurite onnxruntime; do vector "$server" >"$work/$server.json"; done
node -e '
const [a, b] = process.argv.slice(1).map((f) => JSON.parse(require("fs").readFileSync(f)).data[0].embedding);
const apart = Math.max(...a.map((each, i) => Math.abs(each - b[i])));
if (!(a.length === 384 && apart < 1e-5)) throw new Error(`the vectors are ${apart} apart`);
console.log(`the vectors of both are at most ${apart.toExponential(1)} apart`);' "$work/neurite.json" "$work/onnxruntime.json"

load() { # NAME CONNECTIONS SECONDS
  wrk -t 1 -c "$2" -d "$3s" --timeout 30s -s "$here/clients/sentences.lua" "$(url_of "$1")" | sed -n 's/^@ //p'
}
for server in neurite onnxruntime; do load "$server" 8 "$seconds" >/dev/null; done # warm
for round in $(seq "$rounds"); do
  for connections in 1 8 64; do
    for server in neurite onnxruntime; do
      echo "$server $connections $(load "$server" "$connections" "$seconds")" >>"$work/rounds"
    done
  done
done
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
printf '%-12s %11s %12s %9s %9s %6s\n' server connections requests/s 'p50 ms' 'p99 ms' wrong
for connections in 1 8 64; do
  for server in neurite onnxruntime; do
    of=$(awk -v s="$server" -v c="$connections" '$1 == s && $2 == c' "$work/rounds")
    printf '%-12s %11s %12s %9s %9s %6s\n' "$server" "$connections" \
      $(for column in 3 4 5; do awk -v n="$column" '{ print $n }' <<<"$of" | median; done) \
      "$(awk '{ n += $6 } END { print n }' <<<"$of")"
  done
done
