/** `POST /v1/vector_stores/{id}/search` */
import type { RequestHandler } from 'express'
import { addLogFields, contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import {
  parseInput,
  vectorStoreSearchSchema,
  type SearchAnswer,
  type VectorStoreSearchAnswer,
} from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'

const maxBodyBytes = 2 ** 20

export function searchVectorStore({ toolsServer }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const asked = parseInput(
      vectorStoreSearchSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { query, max_num_results, filters, ranking_options } = asked
    const queries = typeof query === 'string' ? [query] : query
    const request = {
      collections: [req.params.id],
      queries,
      k: max_num_results ?? 10,
      ...(filters && { filter: filters }),
      ...(typeof ranking_options?.score_threshold === 'number' && {
        min_score: ranking_options.score_threshold,
      }),
      rerank: ranking_options?.ranker !== 'none',
    }
    const found = await toolsServer.collections.search(claimsOf(res), request, contextOf(res))
    addLogFields(res, { mode: found.mode })
    sendJson(res, toAnswer(found, queries))
  }
}

function toAnswer(
  { data, mode, notice }: SearchAnswer,
  queries: string[],
): VectorStoreSearchAnswer {
  return {
    object: 'vector_store.search_results.page',
    search_query: queries,
    data: data.map(({ file_id, document_id, title, score, attributes, text, ...place }) => ({
      file_id: file_id ?? document_id,
      filename: title,
      score,
      attributes,
      content: [{ type: 'text', text }],
      ...toPlace(place),
    })),
    has_more: false,
    next_page: null,
    mode,
    ...(notice !== undefined && { notice }),
  }
}

type Place = Pick<SearchAnswer['data'][number], 'page' | 'heading' | 'sheet' | 'line'>

function toPlace({ page, heading, sheet, line }: Place): Place {
  return {
    ...(page !== undefined && { page }),
    ...(heading !== undefined && { heading }),
    ...(sheet !== undefined && { sheet }),
    ...(line !== undefined && { line }),
  }
}
