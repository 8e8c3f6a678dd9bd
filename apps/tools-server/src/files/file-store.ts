/** The one store of files: uploads and what tools make. Rows in the database, bytes on disk, both by owner. */
import { createReadStream, type ReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, newFileId } from '@tandem/schemas'
import type { FileQuery, FileQuota, FileRows, StoredFile } from '@tandem/db'
import { createAllowances, tooMuch, type Allowances } from './allowance.ts'
import { writeDraft, type Draft } from './draft.ts'
import { toLabel } from './label.ts'
import { sniffMediaType } from './media-type.ts'
import { createPlaces, type Places } from './places.ts'
import { sweepDisk } from './sweep.ts'

/** How a file is to be called and kept. */
export interface FileLabel {
  /** Of `newFileId`; a new one where none is given. */
  id?: string | undefined
  name: string
  purpose: string
  sessionId?: string | undefined
  /** Seconds from now on. */
  expiresAfter?: number | undefined
}

export interface FileStore {
  /**
   * Stores the bytes; `label` is asked once they have all come. Nothing is left of what fails.
   * @throws AppError `file_quota_exceeded`, `cancelled` where `removeAll` came first, and what `source` and `label` throw
   */
  add(
    owner: string,
    source: AsyncIterable<Uint8Array>,
    label: () => FileLabel | Promise<FileLabel>,
  ): Promise<StoredFile>
  get(owner: string, id: string): Promise<StoredFile | undefined>
  list(owner: string, query: FileQuery): Promise<{ files: StoredFile[]; hasMore: boolean }>
  /** The newest with the same content, name, purpose and session, where it stays for so long. */
  find(
    file: Parameters<FileRows['find']>[0],
    stays: { forMs: number },
  ): Promise<StoredFile | undefined>
  /** The file and its bytes. The caller reads the stream to its end or destroys it. */
  read(owner: string, id: string): Promise<{ file: StoredFile; bytes: ReadStream } | undefined>
  /** Where its bytes lie; nobody may write there. */
  locate(owner: string, id: string): Promise<{ file: StoredFile; path: string } | undefined>
  remove(owner: string, id: string): Promise<boolean>
  /** All of an owner, or all that one session's runs made; also what is on its way just now. */
  removeAll(owner: string, sessionId?: string): Promise<void>
  /** Removes what has expired, and what a process that died before `startedAt` left behind. */
  sweep(startedAt: number): Promise<void>
}

export interface FileStoreOptions {
  /** `data/uploads` */
  root: string
  rows: FileRows
  quota: FileQuota
  now: () => number
  /** Takes away what was made of a file; before the file itself where it is removed by its id. */
  onRemove?: (owner: string, id: string) => Promise<void>
}

interface Parts {
  rows: FileRows
  places: Places
  allowances: Allowances
  arriving: Set<Arrival>
  quota: FileQuota
  now: () => number
}

/** A file on its way, and what was removed meanwhile: sessions, or all of the owner (undefined). */
interface Arrival {
  owner: string
  removed: Set<string | undefined>
}

export function createFileStore(options: FileStoreOptions): FileStore {
  const { root, rows, quota, now, onRemove = async () => undefined } = options
  const places = createPlaces(root)
  const arriving = new Set<Arrival>()
  const parts = { rows, places, quota, now, arriving, allowances: createAllowances(quota) }
  return {
    add: (owner, source, label) => add(parts, { owner, source, label }),
    get: (owner, id) => rows.get(owner, id),
    list: (owner, query) => rows.list(owner, query),
    async find(file, { forMs }) {
      const found = await rows.find(file)
      if (found?.expiresAt == null || found.expiresAt - now() >= forMs) return found
      return undefined
    },
    read: (owner, id) => read(parts, owner, id),
    async locate(owner, id) {
      const file = await rows.get(owner, id)
      return file && { file, path: places.of(owner, id) }
    },
    async remove(owner, id) {
      await onRemove(owner, id)
      const removed = await rows.remove(owner, id)
      if (removed) await rm(places.of(owner, id), { force: true })
      return removed
    },
    async removeAll(owner, sessionId) {
      for (const each of arriving) if (each.owner === owner) each.removed.add(sessionId)
      // First what was made of them: whoever dies in between finds the rows again, and does it again.
      for (const id of await rows.ids(owner, sessionId)) await onRemove(owner, id)
      for (const id of await rows.removeAll(owner, sessionId)) {
        await rm(places.of(owner, id), { force: true })
        await onRemove(owner, id)
      }
    },
    async sweep(startedAt) {
      for (const { owner, id } of await rows.expired()) await onRemove(owner, id)
      for (const { owner, id } of await rows.removeExpired()) {
        await rm(places.of(owner, id), { force: true })
        await onRemove(owner, id)
      }
      await sweepDisk(places, rows, startedAt)
    },
  }
}

interface Addition {
  owner: string
  source: AsyncIterable<Uint8Array>
  label: () => FileLabel | Promise<FileLabel>
}

async function add(parts: Parts, { owner, source, label }: Addition): Promise<StoredFile> {
  const { places, rows, allowances, arriving } = parts
  const allowance = allowances.begin(owner, await rows.use(owner))
  const arrival = { owner, removed: new Set<string | undefined>() }
  arriving.add(arrival)
  try {
    const draft = await writeDraft(await places.draft(), source, allowance.take)
    try {
      return await keep(parts, { arrival, draft, label: await label() })
    } finally {
      await rm(draft.path, { force: true })
    }
  } finally {
    arriving.delete(arrival)
    allowance.release()
  }
}

/** The bytes take their place before the row says that they are there; a death in between leaves what `sweep` removes. */
async function keep(
  { places, rows, quota, now }: Parts,
  { arrival, draft, label }: { arrival: Arrival; draft: Draft; label: FileLabel },
): Promise<StoredFile> {
  const { owner, removed } = arrival
  const { id = newFileId() } = label
  const name = toLabel(label.name)
  const path = places.of(owner, id)
  const mediaType = await sniffMediaType(draft.head, name)
  // Here and not before the upload, during which an empty folder may be swept away.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rename(draft.path, path)
  try {
    const { bytes, checksum } = draft
    const { purpose, sessionId = null, expiresAfter } = label
    const expiresAt = expiresAfter === undefined ? null : now() + expiresAfter * 1000
    const row = { id, owner, sessionId, name, purpose, mediaType, bytes, checksum, expiresAt }
    const file = await rows.add(row, quota)
    if (!file) throw tooMuch(quota)
    if (!removed.has(undefined) && (sessionId === null || !removed.has(sessionId))) return file
    await rows.remove(owner, id)
    throw new AppError('cancelled', { message: 'What the file belongs to was removed.' })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function read(
  { places, rows }: Parts,
  owner: string,
  id: string,
): Promise<{ file: StoredFile; bytes: ReadStream } | undefined> {
  const file = await rows.get(owner, id)
  if (!file) return undefined
  const handle = await openStored(places.of(owner, id))
  return { file, bytes: createReadStream('', { fd: handle }) }
}

async function openStored(path: string): ReturnType<typeof open> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw new AppError('storage_unavailable', {
      message: 'The bytes of this file cannot be read.',
      cause,
    })
  }
}
