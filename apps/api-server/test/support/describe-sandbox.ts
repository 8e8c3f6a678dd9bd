import { existsSync } from 'node:fs'
import { describe } from '@jest/globals'

const isThere = ['/usr/bin/bwrap', '/usr/bin/python3'].every((path) => existsSync(path))

/** Tests with the real sandbox: skipped where its programs are not installed, unless REQUIRE_SANDBOX is set; then they fail. */
export const describeSandbox: typeof describe | typeof describe.skip =
  isThere || process.env['REQUIRE_SANDBOX'] !== undefined ? describe : describe.skip
