/** A process that holds the write lock of a database: `node hold-lock.ts <path> <ms>`. Says `locked`, then `released`. */
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

const [path = '', ms = '0'] = process.argv.slice(2)
const database = new DatabaseSync(path, { timeout: 5000 })
database.exec('BEGIN IMMEDIATE')
writeSync(1, 'locked\n')
await sleep(Number(ms))
database.exec('COMMIT')
writeSync(1, 'released\n')
database.close()
