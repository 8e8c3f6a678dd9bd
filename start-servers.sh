#!/usr/bin/env bash
# Installs what is missing, then starts both servers. All else is in scripts/start-servers.ts.
set -euo pipefail

source=${BASH_SOURCE[0]}
while [ -L "$source" ]; do
  folder=$(cd -P "$(dirname "$source")" && pwd)
  source=$(readlink "$source")
  [[ $source == /* ]] || source=$folder/$source
done
cd -P "$(dirname "$source")"

node=node_modules/node/bin/node
stamp=node_modules/.installed-by-start-servers

fail() {
  echo "start-servers.sh: $1" >&2
  exit 1
}

is_installed() {
  [ -x "$node" ] || return 1
  cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml || [ "$stamp" -nt pnpm-lock.yaml ]
}

install() {
  local major
  command -v node >/dev/null || fail 'Node.js 18 or newer is needed to install Tandem, and there is none: see https://nodejs.org'
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 18 ] || fail "Node.js 18 or newer is needed to install Tandem; this is $(node --version): see https://nodejs.org"
  command -v npx >/dev/null || fail 'npx is needed to install Tandem; it comes with npm: see https://nodejs.org'
  echo 'Installing what is missing (the first start takes a minute) ...' >&2
  npx --yes pnpm@10 install --frozen-lockfile >&2 || fail 'installing failed; what pnpm said is above. The first start needs the network.'
  touch "$stamp"
}

for argument in "$@"; do
  if [[ $argument == --help || $argument == -h ]] && [ ! -x "$node" ]; then
    echo 'Usage: ./start-servers.sh [--help]'
    echo 'Installs what is missing, then starts the main API and the tools server. The settings:'
    cat .env.example
    exit 0
  fi
done

is_installed || install
# Under nohup bash keeps ignoring the hangup that node would take up again.
[[ -z $(trap -p HUP) ]] || set -- --ignore-hangup "$@"
# What node has compiled is kept for the next start; it is made anew where the code or node has changed.
export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$PWD/node_modules/.cache/compile}
exec "$node" scripts/start-servers.ts "$@"
