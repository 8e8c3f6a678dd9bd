/** Where files lie: `<dir>/<hash of the owner>/<id>`, drafts beside them; no part of a path comes from a caller. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface Places {
  /** The path of a file; its folder may not be there yet. */
  of(owner: string, id: string): string
  /** A path for bytes that are still coming, in a folder that is there. */
  draft(): Promise<string>
  readonly root: string
  readonly drafts: string
}

export function createPlaces(root: string): Places {
  const drafts = join(root, '.incoming')
  return {
    root,
    drafts,
    of: (owner, id) => join(root, hashOf(owner), id),
    async draft() {
      await mkdir(drafts, { recursive: true, mode: 0o700 })
      return join(drafts, randomBytes(12).toString('hex'))
    },
  }
}

function hashOf(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 32)
}
