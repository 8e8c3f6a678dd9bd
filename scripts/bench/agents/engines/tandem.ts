import { agentPromptNames, agents, createToolModes, type AgentPrompts } from '@tandem/agents'
import type { LanguageModel } from '@tandem/providers'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import { readFileSync } from 'node:fs'
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

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

function scriptedModel(mode: 'native' | 'prompted'): LanguageModel {
  let asked = 0
  return {
    provider: 'scripted',
    id: mode,
    capabilities: { tools: mode, images: false, jsonSchema: false, reasoning: false },
    async *stream() {
      asked += 1
      const call = scripted(asked)
      if (!call) {
        yield { type: 'text-delta', text: finalText }
        yield { type: 'finish', reason: 'stop', usage }
        return
      }
      yield { type: 'text-delta', text: betweenText }
      const text = JSON.stringify(call.arguments)
      if (mode === 'prompted') {
        const block = `\n\`\`\`tool_call\n{"name":"${toolName}","arguments":${text}}\n\`\`\``
        for (let at = 0; at < block.length; at += 10) {
          yield { type: 'text-delta', text: block.slice(at, at + 10) }
        }
      } else {
        yield { type: 'tool-call-start', index: 0, id: call.id, name: toolName }
        yield {
          type: 'tool-call-end',
          index: 0,
          call: { id: call.id, type: 'function', function: { name: toolName, arguments: text } },
        }
      }
      yield { type: 'finish', reason: 'tool_calls', usage }
    },
  }
}

export function createEngine(mode: 'native' | 'prompted'): Engine {
  let calls = 0
  const tool = defineTool({
    name: toolName,
    description: toolDescription,
    schema: toolSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: toolMs },
    run(args) {
      calls += 1
      return textResult(add(args))
    },
  }) as Tool
  const folder = new URL('../../../../prompts/agents/', import.meta.url)
  const read = (name: string) => [name, readFileSync(new URL(`${name}.md`, folder), 'utf8')]
  const deps = {
    prompts: Object.fromEntries(agentPromptNames.map(read)) as AgentPrompts,
    approval: () => 'allow' as const,
    toolModes: createToolModes(),
    retryTools: true,
    onCrash: (error: unknown) => {
      throw error
    },
  }
  return {
    toolCalls: () => calls,
    async runOnce() {
      const run = {
        runId: 'run',
        owner: 'user',
        model: scriptedModel(mode),
        request: { messages: [{ role: 'user' as const, content: question }] },
        tools: [tool],
        models: () => ({ baseUrl: '', token: '' }),
        limits: { iterations: 50, wallClockMs: runMs },
      }
      let text = ''
      for await (const event of agents.react(run, deps, { signal: cancellable() })) {
        if (event.type === 'text-delta') text += event.text
      }
      return text
    },
  }
}
