import { basename } from 'node:path'
import type { Artifact, ToolResult } from '@tandem/schemas'
import type { ArtifactStore } from '../../files/artifact-store.ts'
import type { Scratch, ScratchChanges } from '../../sandbox/scratch.ts'
import type { SandboxOutcome } from '../../sandbox/types.ts'
import { openGiven, type Asked, type Given, type GivenDeps, type Place } from './given.ts'

export interface Saved {
  artifacts: Artifact[]
  /** What could not be kept or given, for the model to read. */
  notes: string[]
}

/** More files than this are kept for the next run, but not handed to the user one by one. */
const maxArtifacts = 32

export interface Workspaces {
  /** A result where there is nothing to run with. */
  open(place: Place, asked: Asked): Promise<Given | ToolResult>
  save(run: FinishedRun, options: { signal: AbortSignal }): Promise<Saved>
}

export interface FinishedRun {
  place: Place
  outcome: SandboxOutcome
  given: Given
}

export interface WorkspacesDeps extends GivenDeps {
  scratch: Scratch
  artifacts: ArtifactStore
}

/** What a run finds in its working directory, and what becomes of what it leaves there. */
export function createWorkspaces(deps: WorkspacesDeps): Workspaces {
  const { scratch, artifacts } = deps
  return {
    open: (place, asked) => openGiven(deps, place, asked),
    async save({ place, outcome: { workspace }, given }, { signal }) {
      if (!workspace) return { artifacts: [], notes: toNotes(given, { missing: [], made: 0 }) }
      const changes = await withUploads(workspace, given)
      signal.throwIfAborted()
      const left = await keep(scratch, place, changes)
      const shown = workspace.changed.filter(({ name }) => isShown(name))
      const saved: Artifact[] = []
      for (const { name, bytes } of shown.slice(0, maxArtifacts)) {
        signal.throwIfAborted()
        saved.push(await artifacts.save({ ...place, name: basename(name), bytes }))
      }
      const missing = [...workspace.dropped, ...left]
      return { artifacts: saved, notes: toNotes(given, { missing, made: shown.length }) }
    },
  }
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
async function withUploads(
  { changed, same }: ScratchChanges,
  { read, uploads }: Given,
): Promise<ScratchChanges> {
  if (uploads.size === 0) return { changed, same }
  const isUntouched = (name: string): boolean => uploads.has(name) && same.includes(name)
  const untouched = (await read()).filter(({ name }) => isUntouched(name))
  return {
    changed: [...changed, ...untouched],
    same: same.filter((name) => !isUntouched(name)),
  }
}

/** Caches and hidden files are kept, not shown. */
function isShown(name: string): boolean {
  return !name.split('/').some((part) => part.startsWith('.') || part === '__pycache__')
}

function toNotes(
  { tooLarge }: Given,
  { missing, made }: { missing: readonly string[]; made: number },
): string[] {
  const notes: string[] = []
  if (missing.length > 0) {
    const named = missing.slice(0, 10).join(', ')
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : ''
    notes.push(`Not kept (too large, too many, links or odd names): ${named}${more}.`)
  }
  if (made > maxArtifacts)
    notes.push(`Only ${maxArtifacts} of ${made} files are handed out; make an archive instead.`)
  if (tooLarge.length > 0)
    notes.push(`Too large to lie in the working directory: ${tooLarge.join(', ')}.`)
  return notes
}
