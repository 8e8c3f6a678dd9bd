import { basename } from 'node:path'
import type { Artifact } from '@tandem/schemas'
import type { ArtifactStore } from '../../files/artifact-store.ts'
import type { FileStore } from '../../files/file-store.ts'
import { isFileName } from '../../sandbox/file-names.ts'
import type { Scratch, ScratchChanges } from '../../sandbox/scratch.ts'
import type { SandboxFile, SandboxOutcome } from '../../sandbox/types.ts'

export interface Place {
  owner: string
  sessionId?: string
}

export interface Given {
  files: SandboxFile[]
  /** Those of them that the call named. */
  uploads: SandboxFile[]
  /** Names of files of the conversation that are too large to be there. */
  tooLarge: string[]
  /** The id of an upload that does not exist. */
  missing?: string
}

export interface Saved {
  artifacts: Artifact[]
  /** What could not be kept, for the model to read. */
  notes: string[]
}

/** More files than this are kept for the next run, but not handed to the user one by one. */
const maxArtifacts = 32

/** Of the files that came with the conversation: so much of them is there in each run. */
const maxAttachedBytes = 64 * 2 ** 20

export interface Asked {
  /** Ids that the call names: they must be there. */
  fileIds: readonly string[]
  /** Ids of the conversation's: those that are still there, below what earlier runs made of them. */
  attachments: readonly string[]
}

export interface Workspaces {
  load(place: Place, asked: Asked): Promise<Given>
  save(place: Place, outcome: SandboxOutcome, uploads: readonly SandboxFile[]): Promise<Saved>
}

/** What a run finds in its working directory, and what becomes of what it leaves there. */
export function createWorkspaces(deps: WorkspacesDeps): Workspaces {
  const { scratch, artifacts } = deps
  return {
    async load({ owner, sessionId }, { fileIds, attachments }) {
      const { files, tooLarge } = await loadAttachments(deps, owner, attachments)
      const kept = sessionId === undefined ? [] : await scratch.load(owner, sessionId)
      for (const file of kept) files.set(file.name, file)
      const uploads = new Map<string, SandboxFile>()
      for (const id of fileIds) {
        const file = await artifacts.load(owner, id)
        if (!file) return { files: [], uploads: [], tooLarge: [], missing: id }
        const name = toFileName(file.name, uploads)
        uploads.set(name, { name, bytes: file.bytes })
      }
      for (const file of uploads.values()) files.set(file.name, file)
      return { files: [...files.values()], uploads: [...uploads.values()], tooLarge }
    },

    async save(place, { workspace }, uploads) {
      if (!workspace) return { artifacts: [], notes: [] }
      const left = await keep(scratch, place, withUploads(workspace, uploads))
      const shown = workspace.changed.filter(({ name }) => isShown(name))
      const saved: Artifact[] = []
      for (const { name, bytes } of shown.slice(0, maxArtifacts)) {
        saved.push(await artifacts.save({ ...place, name: basename(name), bytes }))
      }
      const missing = [...workspace.dropped, ...left]
      return { artifacts: saved, notes: toNotes(missing, shown.length) }
    },
  }
}

export interface WorkspacesDeps {
  scratch: Scratch
  artifacts: ArtifactStore
  files: Pick<FileStore, 'get'>
}

/** By name; what is gone or somebody else's is not there. */
async function loadAttachments(
  { artifacts, files: store }: WorkspacesDeps,
  owner: string,
  ids: readonly string[],
): Promise<{ files: Map<string, SandboxFile>; tooLarge: string[] }> {
  const files = new Map<string, SandboxFile>()
  const tooLarge: string[] = []
  let room = maxAttachedBytes
  for (const id of ids) {
    const size = (await store.get(owner, id))?.bytes
    const file = size !== undefined && size <= room ? await artifacts.load(owner, id) : undefined
    if (file) {
      const name = toFileName(file.name, files)
      files.set(name, { name, bytes: file.bytes })
      room -= file.bytes.length
    } else if (size !== undefined) tooLarge.push(id)
  }
  return { files, tooLarge }
}

/** Without a session there is nothing to keep for. */
async function keep(
  scratch: Scratch,
  { owner, sessionId }: Place,
  changes: ScratchChanges,
): Promise<string[]> {
  if (sessionId === undefined) return []
  return await scratch.save(owner, sessionId, changes)
}

/** An upload that the code left as it was is new to the scratch. */
function withUploads(
  { changed, same }: ScratchChanges,
  uploads: readonly SandboxFile[],
): ScratchChanges {
  const untouched = uploads.filter(({ name }) => same.includes(name))
  const names = new Set(untouched.map(({ name }) => name))
  return { changed: [...changed, ...untouched], same: same.filter((name) => !names.has(name)) }
}

/** Caches and hidden files are kept, not shown. */
function isShown(name: string): boolean {
  return !name.split('/').some((part) => part.startsWith('.') || part === '__pycache__')
}

/** A name that the sandbox takes, and that no earlier upload of this call has. */
function toFileName(given: string, taken: ReadonlyMap<string, unknown>): string {
  const plain = given
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .trim()
    .slice(-50)
  const name = isFileName(plain) ? plain : 'upload'
  let free = name
  for (let n = 2; taken.has(free); n += 1) free = `${n}-${name}`
  return free
}

function toNotes(missing: readonly string[], made: number): string[] {
  const notes: string[] = []
  if (missing.length > 0) {
    const named = missing.slice(0, 10).join(', ')
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : ''
    notes.push(`Not kept (too large, too many, links or odd names): ${named}${more}.`)
  }
  if (made > maxArtifacts)
    notes.push(`Only ${maxArtifacts} of ${made} files are handed out; make an archive instead.`)
  return notes
}
