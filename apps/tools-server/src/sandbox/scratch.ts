import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isFileName } from './file-names.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import type { SandboxFile } from './types.ts'

export interface ScratchOptions {
  /** `DATA_DIR/scratch` */
  folder: string
  /** Of one session's files together. */
  sessionBytes: number
  ownerBytes: number
  maxFiles?: number
  /** A session that was not used for so long is removed. */
  ttlMs: number
  now?: () => number
}

export interface ScratchChanges {
  changed: readonly SandboxFile[]
  /** Names of files that stay as they are; all others go. */
  same: readonly string[]
}

/** The workspace of each session, kept between its runs. What it stores is data: no name in it becomes a path here. */
export interface Scratch {
  /** What `load` would read. */
  list(owner: string, sessionId: string): Promise<{ name: string; bytes: number }[]>
  load(owner: string, sessionId: string): Promise<SandboxFile[]>
  /** Returns the names for which there was no room. */
  save(owner: string, sessionId: string, changes: ScratchChanges): Promise<string[]>
  removeScratch(owner: string, sessionId?: string): Promise<void>
  removeExpired(): Promise<void>
}

const manifestSchema = z.object({
  files: z.array(
    z.object({ name: z.string().refine(isFileName), id: z.uuid(), bytes: z.number().int() }),
  ),
})
type Entry = z.output<typeof manifestSchema>['files'][number]

const manifestName = 'manifest.json'

export function createScratch(options: ScratchOptions): Scratch {
  const { folder, sessionBytes, ownerBytes, maxFiles = 1000, ttlMs, now = Date.now } = options
  const sessionFolder = (owner: string, session: string): string =>
    join(folder, toFolderName(owner), toFolderName(session))
  // An owner's sessions share a quota, and nothing is swept away while it is written.
  const inTurn = createOneAtATime()

  return {
    async list(owner, sessionId) {
      const entries = await readManifest(sessionFolder(owner, sessionId))
      return entries.map(({ name, bytes }) => ({ name, bytes }))
    },

    async load(owner, sessionId) {
      const place = sessionFolder(owner, sessionId)
      const entries = await readManifest(place)
      return await Promise.all(
        entries.map(async ({ name, id }) => ({ name, bytes: await readFile(join(place, id)) })),
      )
    },

    save: (owner, sessionId, changes) =>
      inTurn(toFolderName(owner), () => save(owner, sessionId, changes)),

    async removeScratch(owner, sessionId) {
      const ofOwner = toFolderName(owner)
      const place =
        sessionId === undefined ? join(folder, ofOwner) : sessionFolder(owner, sessionId)
      await inTurn(ofOwner, () => rm(place, { recursive: true, force: true }))
    },

    async removeExpired() {
      for (const owner of await list(folder)) await inTurn(owner, () => removeOld(owner))
    },
  }

  async function save(
    owner: string,
    sessionId: string,
    { changed, same }: ScratchChanges,
  ): Promise<string[]> {
    const place = sessionFolder(owner, sessionId)
    const kept = (await readManifest(place)).filter(({ name }) => same.includes(name))
    if (kept.length + changed.length === 0) {
      await rm(place, { recursive: true, force: true })
      return []
    }
    const others = await bytesOf(join(folder, toFolderName(owner)), place)
    const room = Math.min(sessionBytes, ownerBytes - others) - sum(kept)
    const { fitting, left } = fit(changed, { room, count: maxFiles - kept.length })
    await mkdir(place, { recursive: true, mode: 0o700 })
    const added = await Promise.all(fitting.map((file) => writeBlob(place, file)))
    await writeManifest(place, [...kept, ...added])
    return left
  }

  async function removeOld(owner: string): Promise<void> {
    for (const session of await list(join(folder, owner))) {
      const place = join(folder, owner, session)
      if ((await lastUse(place)) < now() - ttlMs) await rm(place, { recursive: true, force: true })
    }
    if ((await list(join(folder, owner))).length === 0) await rmdir(join(folder, owner))
  }
}

/** Ids of owners and sessions become folder names only where they are plain; others by their hash. */
function toFolderName(id: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,79}$/.test(id) && !id.startsWith('x-')) return id
  return `x-${createHash('sha256').update(id).digest('hex')}`
}

async function readManifest(place: string): Promise<Entry[]> {
  try {
    const text = await readFile(join(place, manifestName), 'utf8')
    return manifestSchema.parse(JSON.parse(text)).files
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** In one step; blobs that nothing names any more go afterwards. */
async function writeManifest(place: string, files: readonly Entry[]): Promise<void> {
  const draft = join(place, `${randomUUID()}.tmp`)
  await writeFile(draft, JSON.stringify({ files }), { mode: 0o600 })
  await rename(draft, join(place, manifestName))
  const named = new Set([manifestName, ...files.map(({ id }) => id)])
  const old = (await list(place)).filter((name) => !named.has(name))
  await Promise.all(old.map((name) => rm(join(place, name), { force: true })))
}

async function writeBlob(place: string, { name, bytes }: SandboxFile): Promise<Entry> {
  const id = randomUUID()
  await writeFile(join(place, id), bytes, { mode: 0o600, flag: 'wx' })
  return { name, id, bytes: bytes.length }
}

function fit(
  files: readonly SandboxFile[],
  limits: { room: number; count: number },
): { fitting: SandboxFile[]; left: string[] } {
  const fitting: SandboxFile[] = []
  const left: string[] = []
  let { room, count } = limits
  for (const file of files) {
    if (count <= 0 || file.bytes.length > room) {
      left.push(file.name)
      continue
    }
    room -= file.bytes.length
    count -= 1
    fitting.push(file)
  }
  return { fitting, left }
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0)
}

/** What an owner's other sessions hold. */
async function bytesOf(ownerFolder: string, except: string): Promise<number> {
  let total = 0
  for (const session of await list(ownerFolder)) {
    const place = join(ownerFolder, session)
    if (place !== except) total += sum(await readManifest(place))
  }
  return total
}

async function lastUse(place: string): Promise<number> {
  try {
    return (await stat(join(place, manifestName))).mtimeMs
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

async function list(place: string): Promise<string[]> {
  try {
    return await readdir(place)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
}
