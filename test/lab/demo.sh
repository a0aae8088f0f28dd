#!/usr/bin/env bash
# npm run demo: from nothing to a served, verified lab, and proof that a second apply has nothing to do.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
trueup() { node dist/bin.js "$@" -i inventory/lab.yml; }

[ -x node_modules/.bin/jiti ] || { say 'npm ci'; npm ci --no-audit --no-fund; }
say 'build'
npm run --silent build
say 'lab up: four CentOS-like hosts (the first time this builds their packages, some minutes)'
npm run --silent lab -- up
say 'trueup plan playbooks/site.ts'
trueup plan playbooks/site.ts
say 'trueup apply playbooks/site.ts'
trueup apply playbooks/site.ts --yes
say 'trueup apply playbooks/site.ts, once more: nothing to do'
trueup apply playbooks/site.ts --yes --json > .trueup/second-apply.json
node -e '
  const { hosts } = JSON.parse(require("node:fs").readFileSync(".trueup/second-apply.json", "utf8"));
  for (const { name, status, counts } of hosts) console.log(`  ${name.padEnd(10)} ${status}, ${counts.changed} changed, ${counts.ok} ok`);
  process.exitCode = hosts.every(({ status, counts }) => status === "ok" && counts.changed === 0) ? 0 : 1;
'
say 'trueup verify playbooks/site.ts'
trueup verify playbooks/site.ts

cat <<'TEXT'

The lab is up and serves. Look around:
  curl http://10.61.0.50/whoami                          through the address that the balancers share, to either web server
  curl -k https://10.61.0.50/whoami                      TLS passed through; docs/client-address.md shows how the server can see you there, too
  npm run lab -- ssh lb-01 tail /var/log/haproxy.log     the requests' lines
  npm run lab -- ssh lb-01 systemctl stop haproxy        break something: the address moves to lb-02. Then:
  npx trueup plan playbooks/site.ts -i inventory/lab.yml --diff
Stop it:
  npm run lab -- down
TEXT
