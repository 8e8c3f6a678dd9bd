/** A gateway whose tools run in this process: for what is about agents, and not about the tools server. */
import { defineTool, textResult, type Tool, type ToolsClient } from '@tandem/tools'
import { z } from 'zod'
import type { Gateway, GatewayOptions } from '../support/start-gateway.ts'
import { startGateway } from '../support/start-gateway.ts'

const traits = { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 5000 }

const calculator = defineTool({
  name: 'calculator',
  description: 'Calculates sums and products of two numbers.',
  schema: z.object({ expression: z.string() }),
  traits,
  run({ expression }) {
    const [, a, sign, b] = /^(\d+)([+*])(\d+)$/.exec(expression) ?? []
    const [one, other] = [Number(a), Number(b)]
    return textResult(`${expression} = ${sign === '+' ? one + other : one * other}`)
  },
})

const clock = defineTool({
  name: 'get_current_time',
  description: 'Tells the time.',
  schema: z.object({}),
  traits,
  run: () => textResult('12:00'),
})

const page = defineTool({
  name: 'fetch_page',
  description: 'Reads a page.',
  schema: z.object({ url: z.string() }),
  traits,
  run: () => textResult('A page.'),
})

const report = defineTool({
  name: 'report',
  description: 'Writes a report.',
  schema: z.object({}),
  traits,
  run: () =>
    textResult('[1] Doors open.', {
      artifacts: [{ fileId: 'file-report', name: 'report.txt', mediaType: 'text/plain', bytes: 3 }],
      citations: [{ n: 1, title: 'Doors', url: 'https://doors.example/' }],
    }),
})

export const localTools = [calculator, clock, page, report] as Tool[]

/** `tools` is asked for each list, and may throw as a server that is down does. */
export async function startWithTools(
  options: GatewayOptions,
  tools: () => Tool[] = () => localTools,
): Promise<Gateway> {
  const gateway = await startGateway(options)
  const toolsServer: ToolsClient = { ...gateway.deps.toolsServer, tools: async () => tools() }
  gateway.deps.toolsServer = toolsServer
  return gateway
}
