/** `POST /searches`: what collections hold on some queries. */
import type { RequestHandler } from 'express'
import { addLogFields, contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import { parseInput, searchRequestSchema } from '@tandem/schemas'
import { callerOf } from '../../auth/service-caller.ts'
import { searchAll } from '../../collections/search-all.ts'
import type { Deps } from '../../deps.ts'
import { toSearchAnswer } from './to-wire.ts'

const maxBodyBytes = 2 ** 20

export function searchCollections({ knowledge }: Pick<Deps, 'knowledge'>): RequestHandler {
  return async (req, res) => {
    const { min_score: minScore, ...asked } = parseInput(
      searchRequestSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { sub } = callerOf(res)
    const search = { ...asked, minScore }
    const answer = await searchAll(knowledge.collections, sub, { search, ...contextOf(res) })
    addLogFields(res, { mode: answer.mode, hits: answer.hits.length })
    sendJson(res, toSearchAnswer(answer))
  }
}
