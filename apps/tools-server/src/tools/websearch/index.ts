import type { ToolProgress, ToolResult } from '@tandem/schemas'
import { defineTool, errorResult, type Tool } from '@tandem/tools'
import type { ToolDeps } from '../tool-deps.ts'
import { argumentsSchema, type WebsearchArguments } from './arguments.ts'
import { toAnswerResult, toResult, type Found } from './present.ts'
import { writeAnswer } from './write-answer.ts'

const unavailable = {
  ok: false,
  reason: 'No search provider is configured.',
  remedy: 'Set TAVILY_API_KEY, BRAVE_API_KEY or SEARXNG_BASE_URL and restart the tools server.',
} as const

export function createWebsearch({ describe, now, web }: ToolDeps): Tool {
  const instructions = describe('websearch_answer')
  return defineTool({
    name: 'websearch',
    description: describe('websearch'),
    schema: argumentsSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 150_000 },
    available: () => (web.search.isConfigured() ? { ok: true } : unavailable),
    async *run(args, { owner, models }, { signal }): AsyncGenerator<ToolProgress, ToolResult> {
      if (!web.search.isConfigured())
        return errorResult('tool_unavailable', `${unavailable.reason} ${unavailable.remedy}`)
      yield { message: `Searching the web for "${args.query}"` }
      const found = await find(args, owner, signal)
      if (!args.answer || found.hits.length === 0) return toResult(found)
      yield { message: `Writing an answer from ${found.hits.length} results` }
      const written = await writeAnswer(found, { instructions, models, now: now() }, { signal })
      if ('answer' in written) return toAnswerResult(found, written.answer)
      return toResult(found, { note: `No answer was written from them. ${written.why}` })
    },
  })

  async function find(
    args: WebsearchArguments,
    owner: string,
    signal: AbortSignal,
  ): Promise<Found> {
    const started = now()
    const { query, max_results, freshness, include_domains = [], exclude_domains = [] } = args
    const { provider, hits, cached } = await web.search.search(
      {
        query,
        count: max_results ?? web.maxResults,
        freshness,
        includeDomains: include_domains,
        excludeDomains: exclude_domains,
      },
      { owner, signal },
    )
    return { query, provider, hits, cached, tookMs: now() - started }
  }
}
