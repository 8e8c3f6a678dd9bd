/**
 * Measures retrieval: `quality` on Cranfield (CRANFIELD_DIR), `speed` on 100,000 made-up chunks. Run by
 * `node scripts/bench/retrieval/main.ts`; prints one JSON line a figure.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureQuality } from './measure-quality.ts'
import { measureSpeed } from './measure-speed.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chunks: { type: 'string', default: '100000' },
    searches: { type: 'string', default: '10000' },
    /** Kept and used again: what was embedded is not embedded again. */
    keep: { type: 'string' },
  },
})

const wanted = positionals.length > 0 ? positionals : ['quality', 'speed']
const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'retrieval-')))
try {
  if (wanted.includes('quality')) await measureQuality(join(folder, 'quality'), print)
  if (wanted.includes('speed')) {
    const isThere = existsSync(join(folder, 'speed', 'tools.db'))
    const sizes = { chunks: Number(values.chunks), searches: Number(values.searches) }
    await measureSpeed({ dataDir: join(folder, 'speed'), isThere, ...sizes }, print)
  }
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true })
}

function print(figures: Record<string, unknown>): void {
  console.log(JSON.stringify(figures))
}
