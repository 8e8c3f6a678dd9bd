/**
 * Measures retrieval, quality and speed: `node scripts/bench/retrieval/main.ts [quality] [speed] [--keep FOLDER]`. Quality
 * needs CRANFIELD_DIR, and MODELS_DIR for what is measured with the model. The work is done beside the code it measures.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(
  new URL('../../../apps/tools-server/test/retrieval/bench.ts', import.meta.url),
)
const child = spawn(process.execPath, [bench, ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', (code) => (process.exitCode = code ?? 1))
