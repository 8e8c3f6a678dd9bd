import { generateText, isStepCount, streamText, tool } from 'ai'
import {
  add,
  betweenText,
  cancellable,
  finalText,
  question,
  runMs,
  scripted,
  toolDescription,
  toolMs,
  toolName,
  toolSchema,
  type Engine,
} from '../task.ts'

const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
}

function scriptedModel() {
  let asked = 0
  const next = () => {
    asked += 1
    const call = scripted(asked)
    const finishReason = {
      unified: call ? ('tool-calls' as const) : ('stop' as const),
      raw: undefined,
    }
    const toolCall = call && {
      type: 'tool-call' as const,
      toolCallId: call.id,
      toolName,
      input: JSON.stringify(call.arguments),
    }
    return { toolCall, finishReason, text: call ? betweenText : finalText }
  }
  return {
    specificationVersion: 'v4' as const,
    provider: 'scripted',
    modelId: 'scripted',
    supportedUrls: {},
    async doGenerate() {
      const { toolCall, finishReason, text } = next()
      const content = [{ type: 'text' as const, text }, ...(toolCall ? [toolCall] : [])]
      return { content, finishReason, usage, warnings: [] }
    },
    async doStream() {
      const { toolCall, finishReason, text } = next()
      const parts = [
        { type: 'stream-start' as const, warnings: [] },
        { type: 'text-start' as const, id: 't' },
        { type: 'text-delta' as const, id: 't', delta: text },
        { type: 'text-end' as const, id: 't' },
        ...(toolCall ? [toolCall] : []),
        { type: 'finish' as const, finishReason, usage },
      ]
      return { stream: ReadableStream.from(parts) }
    },
  }
}

export function createEngine(mode: 'generate' | 'stream'): Engine {
  let calls = 0
  const tools = {
    [toolName]: tool({
      description: toolDescription,
      inputSchema: toolSchema,
      execute(args) {
        calls += 1
        return add(args)
      },
    }),
  }
  return {
    toolCalls: () => calls,
    async runOnce() {
      const options = {
        model: scriptedModel(),
        tools,
        prompt: question,
        stopWhen: isStepCount(50),
        abortSignal: cancellable(),
        timeout: { totalMs: runMs, toolMs },
      }
      if (mode === 'generate') return (await generateText(options)).text
      const result = streamText(options)
      let text = ''
      for await (const part of result.stream) {
        if (part.type === 'text-delta') text += part.text
      }
      return text
    },
  }
}
