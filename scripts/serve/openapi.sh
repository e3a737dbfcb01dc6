#!/usr/bin/env bash
# Checks the server's document of OpenAPI with two validators of npm: scripts/serve/openapi.sh [FILE or URL].
# Without one it is that of OpenApiTest, which leaves it in serve/target/openapi.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
from=${1:-serve/target/openapi.json}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $from in
  http*) curl -fsS "$from" >"$work/openapi.json" ;;
  *) cp "$from" "$work/openapi.json" ;;
esac
cd "$work"
npm install --silent --no-fund --no-audit @redocly/cli@2.77.0 @seriousme/openapi-schema-validator@2.11.0
npx redocly lint --extends=minimal openapi.json
npx validate-api openapi.json
