import { z } from 'zod'
import { AppError, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { defineTool, errorResult, type Tool } from '@tandem/tools'
import type { StoredCollection } from '@tandem/db'
import type { Collections } from '../../collections/collections.ts'
import type { ToolDeps } from '../tool-deps.ts'
import { noCollections, nothingToSearch, toResult } from './present.ts'

const argumentsSchema = z.object({
  query: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .describe('What to look for, in the words of the documents.'),
  collections: z
    .array(z.string().min(1).max(256))
    .max(20)
    .optional()
    .describe('Names or ids of collections; all of the user where it is left out.'),
  max_results: z.number().int().min(1).max(20).default(5).describe('How many passages.'),
})

/** More at once would say little about each. */
const mostCollections = 50

export function createRag({ describe, knowledge }: ToolDeps): Tool {
  const { collections } = knowledge
  return defineTool({
    name: 'rag',
    description: describe('rag'),
    schema: argumentsSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 60_000 },
    available: () => ({ ok: true }),
    availableTo: async (owner) =>
      (await collections.any(owner))
        ? { ok: true }
        : { ok: false, ...nothingToSearch, callable: true },
    async *run(args, { owner }, { signal }): AsyncGenerator<ToolProgress, ToolResult> {
      const { query, max_results: k } = args
      yield { message: `Searching the documents for "${query}"` }
      const chosen = await choose(collections, owner, args.collections)
      if ('missing' in chosen) {
        return errorResult('collection_not_found', await noSuch(collections, owner, chosen.missing))
      }
      if (chosen.found.length === 0) return noCollections()
      const ids = chosen.found.map(({ id }) => id)
      const answer = await collections.search(owner, { collections: ids, query, k }, { signal })
      return toResult(query, answer, chosen)
    },
  })
}

type Choice = { found: StoredCollection[]; isPart: boolean } | { missing: string }

async function choose(
  collections: Collections,
  owner: string,
  wanted: readonly string[] | undefined,
): Promise<Choice> {
  if (!wanted || wanted.length === 0) {
    const all = await collections.list(owner, { order: 'desc', limit: mostCollections })
    return { found: all.collections, isPart: all.hasMore }
  }
  const found: StoredCollection[] = []
  for (const key of wanted) {
    const collection = (await collections.get(owner, key)) ?? (await collections.find(owner, key))
    if (!collection) return { missing: key }
    found.push(collection)
  }
  return { found, isPart: false }
}

/** A model that made a name up learns the real ones. */
async function noSuch(collections: Collections, owner: string, key: string): Promise<string> {
  const all = await collections.list(owner, { order: 'desc', limit: 20 })
  const names = all.collections.map(({ name, id }) => name || id).join(', ')
  const { message } = new AppError('collection_not_found', {
    message: `There is no collection '${key.slice(0, 64)}'.`,
  })
  return names === '' ? `${message} The user has none.` : `${message} There are: ${names}.`
}
