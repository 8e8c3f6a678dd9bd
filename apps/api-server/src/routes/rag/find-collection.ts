import type { Response } from 'express'
import { contextOf } from '@tandem/http'
import { AppError, type Collection } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'

/** The caller's collection of this name, the oldest where vector stores share one; or of this id. */
export async function findCollection(
  { toolsServer }: Deps,
  res: Response,
  name: string,
): Promise<Collection> {
  const query = { name, order: 'asc', limit: 1 } as const
  const named = await toolsServer.collections.list(claimsOf(res), query, contextOf(res))
  const [found] = named.data
  if (found) return found
  if (name.startsWith('vs_'))
    return toolsServer.collections.get(claimsOf(res), name, contextOf(res))
  const message = `You have no collection '${name.slice(0, 64)}'.`
  throw new AppError('collection_not_found', { message, param: 'name' })
}
