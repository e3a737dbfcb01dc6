#!/usr/bin/env bash
# Clients of others ask a server of models: scripts/serve/clients.sh [MODELS]
# MODELS is a directory for the models, which are made if they are not there; /tmp/neurite-serve by default.
# Takes: Node with npm, Maven, a JDK 25 in JAVA_HOME or on the path.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
models=${1:-/tmp/neurite-serve}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$here/models.sh" "$models"
. "$here/start.sh"
cp "$here"/clients/{openai.mjs,package.json} "$work"
(cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts)
begin neurite "$here/../../neurite" serve "$models" --port 0
url=$(url_of neurite)
node "$work/openai.mjs" "$url"
for client in OpenAiJava SpringAi LangChain4j; do
  (cd "$here/clients" && mvn -q -B -P "$client" dependency:build-classpath "-Dmdep.outputFile=$work/$client.path")
  echo "$(tr ':' '\n' <"$work/$client.path" | wc -l) jars:"
  "$java" -cp "$(cat "$work/$client.path")" "$here/clients/$client.java" "$url" 2>"$work/$client.err" || {
    cat "$work/$client.err" >&2
    exit 1
  }
done
