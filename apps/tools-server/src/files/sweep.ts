/** Tidies the disk: drafts and files without a row, which only a process that was killed leaves behind. */
import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileRows } from '@tandem/db'
import type { Places } from './places.ts'

/** What was touched since `startedAt` may be this process's own work and is left alone. */
export async function sweepDisk(places: Places, rows: FileRows, startedAt: number): Promise<void> {
  for (const path of await olderThan(startedAt, places.drafts)) await rm(path, { force: true })
  for (const folder of await list(places.root)) {
    if (/^[\da-f]{32}$/.test(folder)) await sweepFolder(join(places.root, folder), rows, startedAt)
  }
}

async function sweepFolder(folder: string, rows: FileRows, startedAt: number): Promise<void> {
  for (const path of await olderThan(startedAt, folder)) {
    const id = path.slice(folder.length + 1)
    if (!(await rows.exists(id))) await rm(path, { force: true })
  }
  const { mtimeMs } = await stat(folder)
  // Only an empty folder goes; a file that comes meanwhile has touched it.
  if (mtimeMs < startedAt) await rmdir(folder).catch(() => undefined)
}

async function olderThan(time: number, folder: string): Promise<string[]> {
  const old: string[] = []
  for (const name of await list(folder)) {
    const path = join(folder, name)
    const stats = await stat(path).catch(() => undefined)
    if (stats?.isFile() && stats.mtimeMs < time) old.push(path)
  }
  return old
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}
