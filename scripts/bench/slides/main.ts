/**
 * Measures how long 30 slides with charts take to draw, without a model: `node scripts/bench/slides/main.ts [--check]`. The
 * work is done beside the code it measures.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(
  new URL('../../../apps/tools-server/test/slides/bench.ts', import.meta.url),
)
const child = spawn(process.execPath, [bench, ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', (code) => (process.exitCode = code ?? 1))
