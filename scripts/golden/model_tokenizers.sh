#!/usr/bin/env bash
# Makes the tokenizers of module llm's tests, and their ids with Hugging Face's library, as tokenizers.sh has it.
# Needs python3-sentencepiece, python3-regex and a build: mvn -q test-compile -pl text -am
# Usage: scripts/golden/model_tokenizers.sh
set -eu
cd "$(dirname "$0")/../.."
jars=text/target/reference
[ -d "$jars" ] || mvn -q -B -f scripts/golden/tokenizers-pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$jars"
java=java
[ -z "${JAVA_HOME:-}" ] || java="$JAVA_HOME/bin/java"
folder=text/target/model-tokenizers
scripts/golden/model_tokenizers.py "$folder"
DJL_CACHE_DIR="$PWD/text/target/djl" OPT_OUT_TRACKING=true "$java" --enable-native-access=ALL-UNNAMED \
  -cp "core/target/classes:text/target/classes:text/target/test-classes:$jars/*" dev.neurite.text.GoldenMaker \
  ids "$folder" llm/src/test/resources/dev/neurite/llm/tokenizer/golden.json
