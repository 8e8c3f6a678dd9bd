/** The files of a turn: found in its request, described by the tools server, remembered by its session. */
import type { LanguageModel } from '@tandem/providers'
import {
  AppError,
  maxAttachments,
  type Attachment,
  type ContentPart,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { asksForAgent } from '../agent/run-agent.ts'
import type { Turn, TurnOptions } from '../turn.ts'
import { composeBlock } from './block.ts'
import { findParts, partAt, replaceParts, type FoundPart } from './parts.ts'
import { putBlock } from './put-block.ts'

export interface AttachedTurn {
  /** With ids in the place of files; what a session keeps. */
  turn: Turn
  /** What goes to the model: the same with the block. Remembers the new files in the session. */
  complete(turn: Turn): Promise<Turn>
}

interface AttachContext {
  model: LanguageModel
  deps: Pick<Deps, 'db' | 'toolsServer'>
  options: Pick<TurnOptions, 'signal'>
}

/**
 * Costs a look at the messages where there are no files. A file that cannot be read is no error: the model is told why.
 * @throws AppError `file_not_found` for an id that is not the user's; `tools_unavailable`; `invalid_request`
 */
export async function attachFiles(turn: Turn, context: AttachContext): Promise<AttachedTurn> {
  const parts = findParts(turn.request.messages, wantedParts(turn, context.model))
  const named = turn.attachments.map(({ fileId }) => fileId)
  const hasNone = parts.length + named.length === 0 && !turn.session
  if (hasNone) return { turn, complete: (ready) => Promise.resolve(ready) }
  const added = await describe(turn, { parts, named }, context)
  const stored = await loadStored(turn, context)
  const known = merge(stored, added.all)
  if (known.length === 0) return { turn, complete: (ready) => Promise.resolve(ready) }
  const block = composeBlock(known, { hint: hintFor(turn) })
  const attached: Turn = {
    ...turn,
    attachments: known.map(({ file_id }) => ({ fileId: file_id })),
    keptParts: added.stays,
    block,
    request: { ...turn.request, messages: replaceParts(turn.request.messages, added.texts) },
  }
  return {
    turn: attached,
    async complete(ready) {
      const { session, principal, request } = ready
      if (session && added.all.length > 0) {
        await context.deps.db.attachments.add(principal.userId, session.id, added.all)
      }
      return { ...ready, request: { ...request, messages: putBlock(request.messages, block) } }
    },
  }
}

function wantedParts(
  turn: Turn,
  { capabilities }: LanguageModel,
): { fileData: boolean; images: boolean } {
  const isAgent = asksForAgent(turn)
  return { fileData: isAgent || capabilities.files !== true, images: isAgent }
}

interface Described {
  all: Attachment[]
  texts: { message: number; part: number; text: string }[]
  /** The ids of those that stay where they are. */
  stays: Map<ContentPart, string>
}

async function describe(
  turn: Turn,
  { parts, named }: { parts: readonly FoundPart[]; named: readonly string[] },
  { deps, options }: AttachContext,
): Promise<Described> {
  if (parts.length + named.length === 0) return { all: [], texts: [], stays: new Map() }
  if (parts.length + named.length > maxAttachments) throw tooMany()
  const claims: ServiceClaims = { sub: turn.principal.userId, session: turn.session?.id }
  const { documents } = deps.toolsServer
  const ofIds = async (ids: readonly string[]): Promise<Attachment[]> =>
    ids.length === 0 ? [] : await documents.describe(claims, ids, options)
  const [ofNamed, ofParts] = await Promise.all([
    ofIds(named),
    Promise.all(
      parts.map(async ({ file }) =>
        'id' in file ? await ofIds([file.id]) : await documents.addInline(claims, file, options),
      ),
    ),
  ])
  const texts = parts.flatMap(({ message, part, stays }, at) => {
    const [file] = ofParts[at] ?? []
    return file && !stays
      ? [{ message, part, text: `[Attached: ${file.name} (${file.file_id})]` }]
      : []
  })
  const stays = parts.flatMap((found, at): [ContentPart, string][] => {
    const [file] = ofParts[at] ?? []
    const part = partAt(turn.request.messages, found)
    return file && part && found.stays ? [[part, file.file_id]] : []
  })
  return { all: merge(ofParts.flat(), ofNamed), texts, stays: new Map(stays) }
}

async function loadStored(turn: Turn, { deps }: AttachContext): Promise<Attachment[]> {
  if (!turn.session || turn.session.made) return []
  return await deps.db.attachments.list(turn.principal.userId, turn.session.id)
}

/** By id, what was said last holding. */
function merge(...lists: readonly (readonly Attachment[])[]): Attachment[] {
  return [...new Map(lists.flat().map((file) => [file.file_id, file])).values()]
}

function hintFor(turn: Turn): string | undefined {
  if (!asksForAgent(turn)) return undefined
  const may = (tool: string): boolean => turn.availableTools?.includes(tool) ?? true
  const hints = [
    ...(may('read_attachment') ? ['read_attachment reads all of them.'] : []),
    ...(may('python_coder') ? ['They lie in the working directory of python_coder.'] : []),
  ]
  return hints.length === 0 ? undefined : hints.join(' ')
}

function tooMany(): AppError {
  return new AppError('invalid_request', {
    message: `A request may bring ${maxAttachments} files at most. Put them into a collection to search in more.`,
    param: 'attachments',
  })
}
