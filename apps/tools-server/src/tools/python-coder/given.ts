/** What a run finds in its working directory: known by name and size first, read only when it is the run's turn. */
import { AppError, type ToolResult } from '@tandem/schemas'
import { errorResult } from '@tandem/tools'
import type { ArtifactStore } from '../../files/artifact-store.ts'
import type { FileStore } from '../../files/file-store.ts'
import { workspaceBytes } from '../../sandbox/drivers/driver.ts'
import { isFileName } from '../../sandbox/file-names.ts'
import type { Scratch } from '../../sandbox/scratch.ts'
import type { SandboxFile } from '../../sandbox/types.ts'

export interface Place {
  owner: string
  sessionId?: string
}

export interface Asked {
  /** Ids that the call names: they must be there. */
  fileIds: readonly string[]
  /** Ids of the conversation's: those that are still there, below what earlier runs made of them. */
  attachments: readonly string[]
}

export interface Given {
  names: readonly string[]
  /** Read once and kept. @throws AppError `file_not_found` where one went away meanwhile */
  read(): Promise<readonly SandboxFile[]>
  /** Names of those that the call named. */
  uploads: ReadonlySet<string>
  /** Ids of files of the conversation that are too large to be there. */
  tooLarge: readonly string[]
}

export interface GivenDeps {
  scratch: Pick<Scratch, 'list' | 'load'>
  artifacts: Pick<ArtifactStore, 'load'>
  files: Pick<FileStore, 'get'>
}

const mebibyte = 2 ** 20
/** Of the files that came with the conversation: so much of them is there in each run. */
const maxAttachedBytes = 64 * mebibyte
/** The rest of the working directory is for what the program writes. */
const maxBytes = workspaceBytes - 16 * mebibyte

/** A file of the store, by its name in the working directory. */
type Stored = Map<string, { id: string; bytes: number }>
type Kept = readonly { name: string; bytes: number }[]

/** A result where the call names a file that is not there, or more than the working directory holds. */
export async function openGiven(
  deps: GivenDeps,
  place: Place,
  { fileIds, attachments }: Asked,
): Promise<Given | ToolResult> {
  const { owner, sessionId } = place
  const kept = sessionId === undefined ? [] : await deps.scratch.list(owner, sessionId)
  const find = async (id: string) => deps.files.get(owner, id)
  const uploads: Stored = new Map()
  for (const id of new Set(fileIds)) {
    const file = await find(id)
    if (!file) return noSuchFile(id)
    uploads.set(toFileName(file.name, uploads, kept), { id, bytes: file.bytes })
  }
  const used = sum([...kept, ...uploads.values()])
  if (used > maxBytes) return tooMuch(used)
  const attached: Stored = new Map()
  const tooLarge: string[] = []
  let room = Math.min(maxAttachedBytes, maxBytes - used)
  for (const id of new Set(attachments)) {
    const file = await find(id)
    if (file && file.bytes <= room) {
      attached.set(toFileName(file.name, attached, kept), { id, bytes: file.bytes })
      room -= file.bytes
    } else if (file) tooLarge.push(id)
  }
  const named = new Set(
    [attached.keys(), kept.map(({ name }) => name), uploads.keys()].flatMap((names) => [...names]),
  )
  let reading: Promise<readonly SandboxFile[]> | undefined
  return {
    names: [...named],
    read: () => (reading ??= readAll(deps, place, { attached, uploads })),
    uploads: new Set(uploads.keys()),
    tooLarge,
  }
}

async function readAll(
  { artifacts, scratch }: GivenDeps,
  { owner, sessionId }: Place,
  { attached, uploads }: { attached: Stored; uploads: Stored },
): Promise<readonly SandboxFile[]> {
  const files = new Map<string, SandboxFile>()
  for (const [name, { id }] of attached) {
    const file = await artifacts.load(owner, id)
    if (file) files.set(name, { name, bytes: file.bytes })
  }
  const kept = sessionId === undefined ? [] : await scratch.load(owner, sessionId)
  for (const file of kept) files.set(file.name, file)
  for (const [name, { id }] of uploads) {
    const file = await artifacts.load(owner, id)
    if (!file) throw new AppError('file_not_found')
    files.set(name, { name, bytes: file.bytes })
  }
  return [...files.values()]
}

function sum(files: readonly { bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0)
}

/** A name that the sandbox takes, that no other file of the kind has, and no folder of an earlier run. */
function toFileName(given: string, taken: Stored, kept: Kept): string {
  const plain = given
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .trim()
    .slice(-50)
  const name = isFileName(plain) ? plain : 'upload'
  const isTaken = (free: string): boolean =>
    taken.has(free) || kept.some((file) => file.name.startsWith(`${free}/`))
  let free = name
  for (let n = 2; isTaken(free); n += 1) free = `${n}-${name}`
  return free
}

function noSuchFile(id: string): ToolResult {
  return errorResult(
    'file_not_found',
    `There is no file '${id}'. Give ids of uploaded files (file-…); files of earlier runs are in the working directory already.`,
  )
}

function tooMuch(bytes: number): ToolResult {
  const [all, most] = [bytes, maxBytes].map((each) => Math.ceil(each / mebibyte))
  return errorResult(
    'request_too_large',
    `The files, and what earlier runs left, are ${all} MiB together; the working directory takes ${most} MiB. Give fewer at a time.`,
  )
}
