/** A process that holds the write lock of a database: `node hold-lock.ts <path> <ms>`. Says `locked`, then `released`. */
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'

const [path = '', ms = '0'] = process.argv.slice(2)
const client = new Database(path, { timeout: 5000 })
client.exec('BEGIN IMMEDIATE')
writeSync(1, 'locked\n')
await sleep(Number(ms))
client.exec('COMMIT')
writeSync(1, 'released\n')
client.close()
