# For the scripts beside this one: `begin NAME COMMAND…` starts a server that says on which port it is, and waits for
# it; `url_of NAME` is its address. All that were begun end with the script.
work=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null; rm -rf "$work"' EXIT

url_of() { grep -om1 'http://127.0.0.1:[0-9]*' "$work/$1.log"; }

begin() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 120); do
    if url_of "$name" >/dev/null; then return; fi
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.5
  done
  echo "$name did not start:" >&2
  cat "$work/$name.log" >&2
  exit 1
}
