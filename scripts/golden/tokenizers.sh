#!/usr/bin/env bash
# Writes the tokenizers and encodings of module text's tests with Hugging Face's library, which DJL brings as a native
# library inside its jar, and compares both libraries on further random texts; or prints the code points that the
# two treat differently.
# Needs a build: mvn -q test-compile -pl text -am
# Usage: scripts/golden/tokenizers.sh [FURTHER-TEXTS | points]
set -eu
cd "$(dirname "$0")/../.."
jars=text/target/reference
[ -d "$jars" ] || mvn -q -B -f scripts/golden/tokenizers-pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$jars"
java=java
[ -z "${JAVA_HOME:-}" ] || java="$JAVA_HOME/bin/java"
if [ "${1:-}" = points ]; then
  main=(PointComparison)
else
  main=(GoldenMaker text/src/test/resources/dev/neurite/text "${1:-2000}")
fi
DJL_CACHE_DIR="$PWD/text/target/djl" OPT_OUT_TRACKING=true "$java" --enable-native-access=ALL-UNNAMED \
  -cp "core/target/classes:text/target/classes:text/target/test-classes:$jars/*" "dev.neurite.text.${main[0]}" "${main[@]:1}"
