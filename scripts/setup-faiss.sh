#!/bin/sh
# Builds faiss-node's binding (patched: see patches/) against the system's FAISS; quick when it is there. Without a
# compiler or FAISS it says so and leaves the exact search in JavaScript; with REQUIRE_FAISS=1 that is an error.
set -eu

cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/node/bin:$PATH"
modules=apps/tools-server/node_modules
package=$modules/faiss-node
binding=$package/build/Release/faiss-node.node

give_up() {
  echo "setup-faiss: $1 Vector search will scan in JavaScript, which is exact and slower." >&2
  [ "${REQUIRE_FAISS:-}" = 1 ] && exit 1
  exit 0
}

loads() {
  [ -f "$binding" ] && node -e "
    const { Index } = require('./$package')
    const index = Index.fromFactory(4, 'HNSW8')
    index.add(new Float32Array(4))
    index.setParameter('efSearch', 8)
    index.dispose()" 2>/dev/null
}

has_libraries() {
  printf '#include <faiss/Index.h>\nint main() { return 0; }\n' |
    g++ -x c++ - -o /dev/null -lfaiss -lopenblas -fopenmp 2>/dev/null
}

loads && exit 0
[ -f "$package/src/faiss.cc" ] || give_up 'faiss-node is not installed: run pnpm install.'
if ! has_libraries && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    g++ libfaiss-dev libopenblas-dev; } >/dev/null 2>&1 || true
fi
has_libraries || give_up 'g++, libfaiss-dev and libopenblas-dev are needed (Debian: apt-get install them).'

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
# Before 1.7.4 the type was a member of Index.
cat >"$build/compat.h" <<'HEADER'
#include <faiss/Index.h>
#if FAISS_VERSION_MAJOR == 1 && (FAISS_VERSION_MINOR < 7 || (FAISS_VERSION_MINOR == 7 && FAISS_VERSION_PATCH < 4))
namespace faiss { using idx_t = Index::idx_t; }
#endif
HEADER
# Exceptions of C++ become exceptions of JavaScript instead of ending the process.
g++ -O2 -std=c++17 -fPIC -shared -fexceptions -DNAPI_VERSION=8 \
  -DNODE_ADDON_API_CPP_EXCEPTIONS_ALL -DNODE_GYP_MODULE_NAME=faiss_node \
  -include "$build/compat.h" -I "$modules/node-api-headers/include" -I "$modules/node-addon-api" \
  "$package/src/faiss.cc" -o "$build/faiss-node.node" -lfaiss -lopenblas -fopenmp ||
  give_up 'the binding could not be compiled (see above).'
mkdir -p "$(dirname "$binding")"
mv "$build/faiss-node.node" "$binding"
loads || give_up 'the binding was built but cannot be loaded.'
echo "setup-faiss: $binding is ready"
