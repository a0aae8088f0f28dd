#!/usr/bin/env bash
# npm test: sets up what is missing, then runs everything that must hold.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/jiti ]; then
  npm ci --no-audit --no-fund
fi
exec node_modules/.bin/jiti test/all.ts
