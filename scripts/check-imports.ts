/** `pnpm run check:imports`: enforces the import table and the boundaries between packages. An argument names another root. */
import { join } from 'node:path'
import { checkImports } from './imports/check.ts'

const violations = checkImports(process.argv[2] ?? join(import.meta.dirname, '..'))
for (const violation of violations) console.error(violation)
if (violations.length > 0) process.exitCode = 1
