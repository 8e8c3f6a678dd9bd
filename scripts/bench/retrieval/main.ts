/**
 * Measures retrieval, quality and speed: `node scripts/bench/retrieval/main.ts [quality] [speed] [--keep FOLDER]`. Quality
 * needs CRANFIELD_DIR, and MODELS_DIR for what is measured with the model. The work is done beside the code it measures.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(
  new URL('../../../apps/tools-server/test/retrieval/bench.ts', import.meta.url),
)
// As the tools server is started: without it V8 doubles the main thread's heap for new values by and by, up to 128 MiB.
const nodeArgs = ['--max-semi-space-size=8']
const args = [...nodeArgs, bench, ...process.argv.slice(2)]
const child = spawn(process.execPath, args, { stdio: 'inherit' })
child.on('exit', (code) => (process.exitCode = code ?? 1))
