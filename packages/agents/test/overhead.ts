/** `node packages/agents/test/overhead.ts`: what the engine itself costs a step, with a scripted model and no network. */
import type { LanguageModel } from '@tandem/providers'
import type { AgentEvent, ToolCall } from '@tandem/schemas'
import { agents, type AgentRun } from '../src/index.ts'
import { testDeps, user } from './support/deps.ts'
import { usage } from './support/scripted-model.ts'
import { testTools } from './support/tools.ts'

const steps = 20
const { tools } = testTools()
const runs = 1000

/** A model that costs next to nothing itself. */
function cheapModel(mode: 'native' | 'prompted'): LanguageModel {
  let asked = 0
  const capabilities = { tools: mode, images: false, jsonSchema: false, reasoning: false }
  return {
    provider: 'scripted',
    id: mode,
    capabilities,
    async *stream() {
      asked += 1
      if (asked > steps) {
        yield { type: 'text-delta', text: 'Done.' }
        yield { type: 'finish', reason: 'stop', usage: usage(10, 5) }
        return
      }
      yield { type: 'text-delta', text: 'Next.' }
      const json = `{"a":${asked},"b":1}`
      if (mode === 'prompted') {
        const block = `\n\`\`\`tool_call\n{"name":"add","arguments":${json}}\n\`\`\``
        for (let at = 0; at < block.length; at += 10) {
          yield { type: 'text-delta', text: block.slice(at, at + 10) }
        }
      } else {
        const call: ToolCall = {
          id: `c${asked}`,
          type: 'function',
          function: { name: 'add', arguments: json },
        }
        yield { type: 'tool-call-start', index: 0, id: call.id, name: 'add' }
        yield { type: 'tool-call-end', index: 0, call }
      }
      yield { type: 'finish', reason: 'tool_calls', usage: usage(10, 5) }
    },
  }
}

async function once(mode: 'native' | 'prompted'): Promise<number> {
  const model = cheapModel(mode)
  const run: AgentRun = {
    runId: 'r',
    owner: 'u',
    model,
    request: { messages: [user('Go on.')] },
    tools,
    models: () => ({ baseUrl: '', token: '' }),
    limits: { iterations: 50 },
  }
  const events: AgentEvent[] = []
  const { signal } = new AbortController()
  for await (const event of agents.react(run, testDeps(), { signal })) events.push(event)
  return events.length
}

for (const mode of ['native', 'prompted'] as const) {
  for (let index = 0; index < 30; index += 1) await once(mode)
  const before = process.cpuUsage()
  const startedAt = performance.now()
  let events = 0
  for (let index = 0; index < runs; index += 1) events += await once(mode)
  const { user: own, system } = process.cpuUsage(before)
  const cpu = (own + system) / 1000 / (runs * steps)
  const wall = (performance.now() - startedAt) / (runs * steps)
  console.log(
    `${mode}: ${cpu.toFixed(3)} ms CPU a step, ${wall.toFixed(3)} ms of time, ${events / runs} events a run`,
  )
}
