#!/usr/bin/env bash
# Seconds from the start of a process, with the AOT cache and without it, by turns: scripts/serve/start_times.sh [ROUNDS]
# - predict: one row of the example iris, the whole process; serve: until it is ready;
# - the tenth training step of lenet5, resnet20 and gpt;
# - the example service with Spring Boot, until it is healthy: its jar, and its extracted jar with and without a cache.
# 5 rounds by default; medians are printed. Takes: curl, a JDK 25 in JAVA_HOME or on the path, and the service's jar:
# `mvn -Dquick package -pl examples/spring-service -am`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
neurite=$root/neurite
rounds=${1:-5}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
service=$root/examples/spring-service/target
jar=$(find "$service" "$service/quick" -maxdepth 1 -name 'neurite-example-spring-service-*[0-9T].jar' | head -n 1)
[ -n "$jar" ] || {
  echo "needs the jar of examples/spring-service" >&2
  exit 1
}
"$neurite" train iris --epochs 5 --quiet --out "$work/iris" >"$work/out"
head -n 2 "$root/datasets/src/main/resources/dev/neurite/datasets/iris.csv" >"$work/row.csv"
flags="--add-modules jdk.incubator.vector"

now() { date +%s%N; }
since() { awk -v b="$1" -v e="$(now)" 'BEGIN { printf "%.3f\n", (e - b) / 1e9 }'; }

whole() { # COMMAND…: seconds of the process
  local begin
  begin=$(now)
  "$@" >/dev/null 2>"$work/err" || {
    cat "$work/err" >&2
    exit 1
  }
  since "$begin"
}
until_ok() { # URL COMMAND…: seconds until the address answers 200
  local begin pid url=$1
  shift
  begin=$(now)
  "$@" >"$work/out" 2>&1 &
  pid=$!
  until curl -sf -o /dev/null "$url"; do
    kill -0 "$pid" 2>/dev/null || {
      cat "$work/out" >&2
      exit 1
    }
    sleep 0.01
  done
  since "$begin"
  kill "$pid"
  wait "$pid" 2>/dev/null || true
}
steps() { "$neurite" bench "start/$1" --json -q | sed 's/.*"ten_steps_s":\([0-9.]*\).*/\1/'; }

measure() { # NAME
  case $1 in
    predict) whole "$neurite" predict "$work/iris" "$work/row.csv" ;;
    serve) until_ok http://127.0.0.1:18080/v2/health/ready "$neurite" serve "$work/iris" --port 18080 ;;
    *) steps "$1" ;;
  esac
}
spring() { # JAVA'S ARGUMENTS
  until_ok http://127.0.0.1:18081/actuator/health "$java" $flags "$@" --server.port=18081
}

"$java" -Djarmode=tools -jar "$jar" extract --destination "$work/service" >/dev/null
extracted=("$work"/service/*.jar)
spring -XX:AOTCacheOutput="$work/service.aot" -jar "${extracted[0]}" >/dev/null
names="predict serve lenet5/b64 resnet20/b64 gpt/b8"
for name in $names; do measure "$name" >/dev/null; done # the cache is made, files are read
for _ in $(seq "$rounds"); do
  for name in $names; do
    echo "$name cache $(measure "$name")" >>"$work/rounds"
    echo "$name off $(NEURITE_AOT=off measure "$name")" >>"$work/rounds"
  done
  echo "spring jar $(spring -jar "$jar")" >>"$work/rounds"
  echo "spring extracted $(spring -jar "${extracted[0]}")" >>"$work/rounds"
  echo "spring cache $(spring -XX:AOTCache="$work/service.aot" -jar "${extracted[0]}")" >>"$work/rounds"
done
awk '{ print $1, $2 }' "$work/rounds" | sort -u | while read -r name way; do
  printf '%-14s %-10s %s s\n' "$name" "$way" \
    "$(awk -v n="$name" -v w="$way" '$1 == n && $2 == w { print $3 }' "$work/rounds" |
      sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }')"
done
