/** Writes .env.example anew after a setting was added or changed: `node scripts/write-env-example.ts`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { envExample } from '@tandem/config'

writeFileSync(join(import.meta.dirname, '../.env.example'), envExample())
