import { existsSync } from 'node:fs'
import { test as always } from '@jest/globals'

const needed = [
  '/usr/bin/bwrap',
  '/usr/bin/python3',
  '/usr/lib/python3/dist-packages/pandas',
  '/usr/lib/python3/dist-packages/matplotlib',
]
const missing = needed.filter((path) => !existsSync(path))

/** Tests with the real sandbox: skipped where its programs are not installed, unless REQUIRE_SANDBOX is set; then they fail. */
export const test =
  missing.length === 0 || process.env['REQUIRE_SANDBOX'] !== undefined ? always : always.skip
