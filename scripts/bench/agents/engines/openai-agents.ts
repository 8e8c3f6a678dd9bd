import { Agent, run, setTracingDisabled, tool, Usage, type Model } from '@openai/agents'
import {
  add,
  betweenText,
  cancellable,
  finalText,
  question,
  scripted,
  toolDescription,
  toolName,
  toolSchema,
  type Engine,
} from '../task.ts'

const message = (text: string) => ({
  type: 'message' as const,
  role: 'assistant' as const,
  status: 'completed' as const,
  content: [{ type: 'output_text' as const, text }],
})

function scriptedModel(): Model {
  let asked = 0
  const usage = new Usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15, requests: 1 })
  const next = () => {
    asked += 1
    const call = scripted(asked)
    if (!call) return { usage, output: [message(finalText)] }
    const toolCall = {
      type: 'function_call' as const,
      callId: call.id,
      name: toolName,
      status: 'completed' as const,
      arguments: JSON.stringify(call.arguments),
    }
    return { usage, output: [message(betweenText), toolCall] }
  }
  return {
    getResponse: async () => next(),
    // oxlint-disable-next-line require-yield -- only the whole form is measured, which is the cheaper one
    async *getStreamedResponse() {
      throw new Error('Not measured.')
    },
  }
}

export function createEngine(): Engine {
  setTracingDisabled(true)
  let calls = 0
  const addTool = tool({
    name: toolName,
    description: toolDescription,
    parameters: toolSchema,
    async execute(args) {
      calls += 1
      return add(args)
    },
  })
  return {
    toolCalls: () => calls,
    async runOnce() {
      const agent = new Agent({ name: 'bench', model: scriptedModel(), tools: [addTool] })
      const { finalOutput } = await run(agent, question, { maxTurns: 50, signal: cancellable() })
      return String(finalOutput)
    },
  }
}
