/** One server for one data folder. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { isBusy } from './errors.ts'

/** For a server that is just ending. */
const patienceMs = 2000

/**
 * Claims a data folder for this process: at its start a server calls all work that is going there interrupted, which is
 * wrong while another one does it. The claim is SQLite's lock on a file of its own, so it ends with the process, however
 * that ends. Gives what ends it before.
 * @throws Error with the remedy where another process has the claim.
 */
export function claimDataFolder(folder: string, server: 'main API' | 'tools server'): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${server.replace(' ', '-').toLowerCase()}.lock`)
  closeSync(openSync(path, 'a', 0o600))
  const client = new Database(path, { timeout: patienceMs })
  try {
    client.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    client.close()
    if (!isBusy(cause)) throw cause
    const message = `The data folder ${folder} is in use by another ${server}: stop that one, or set DATA_DIR to another folder.`
    throw new Error(message, { cause })
  }
  return () => client.close()
}
