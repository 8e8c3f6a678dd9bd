import type { Logger } from 'pino'
import {
  createLifecycle,
  createOpenRequests,
  type Lifecycle,
  type OpenRequests,
} from '@tandem/http'
import type { Tool } from '@tandem/tools'
import { loadToolPrompts } from './prompts.ts'
import { createTools } from './registry.ts'

/** All that the tools server is made of, built once in `main.ts` and passed down. */
export interface Deps {
  tools: ReadonlyMap<string, Tool>
  serviceSecret: string
  logger: Logger
  open: OpenRequests
  lifecycle: Lifecycle
  /** Silence on a stream after which a comment is sent, in milliseconds. */
  keepaliveMs: number
}

export interface DepsOptions {
  promptsDir: string
  serviceSecret: string
  logger: Logger
  now?: () => number
  /** Tools beside the registry's own. */
  moreTools?: readonly Tool[]
  keepaliveMs?: number
}

export async function createDeps(options: DepsOptions): Promise<Deps> {
  const { serviceSecret, logger, now = Date.now, moreTools = [], keepaliveMs = 10_000 } = options
  const describe = describeFrom(await loadToolPrompts(options.promptsDir))
  const tools = [...createTools({ describe, now }), ...moreTools]
  const open = createOpenRequests()
  return {
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    serviceSecret,
    logger,
    open,
    lifecycle: createLifecycle(open),
    keepaliveMs,
  }
}

function describeFrom(prompts: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => {
    const text = prompts.get(name)
    if (text) return text
    const cause = new Error(`no text for the tool ${name}`)
    throw new Error(`The prompts have no tools/${name}.md: restore it, or check PROMPTS_DIR.`, {
      cause,
    })
  }
}
