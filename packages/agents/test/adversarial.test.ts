/** What no script of ours was written for: each must end well by the rules that hold for all. */
import { describe, expect, test } from '@jest/globals'
import type { ToolDefinition } from '@tandem/schemas'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { drive, eventsOf, results, type DriveOptions } from './support/drive.ts'
import { scriptedModel, type Script } from './support/scripted-model.ts'
import { testTools } from './support/tools.ts'

const done = { text: 'All done.' }
const approval = (tool: { name: string }) => (tool.name === 'write_file' ? 'ask' : 'allow')
const write = { name: 'write_file', args: { name: 'f', content: '' } }
const openDoor: ToolDefinition = {
  type: 'function',
  function: { name: 'open_door', parameters: { type: 'object' } },
}

function named(name: string): ToolDefinition {
  return { type: 'function', function: { name, parameters: { type: 'object' } } }
}

function own(name: string): Tool {
  return defineTool({
    name,
    description: 'Of a user.',
    schema: z.object({}),
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 },
    run: () => textResult('own'),
  }) as Tool
}

function runText(text: string) {
  const capabilities = { tools: 'prompted' } as const
  return drive({ model: scriptedModel([{ text }, done], { capabilities, piece: 3 }) })
}

function offered({ tools = [] }: { tools?: ToolDefinition[] }): (string | undefined)[] {
  return tools.map((tool) => tool.function?.name)
}

describe.each(['native', 'prompted'] as const)('%s', (tools) => {
  const model = (script: Script) => scriptedModel(script, { capabilities: { tools } })
  const run = (script: Script, options: Partial<DriveOptions> & { model?: never } = {}) =>
    drive({ model: model(script), ...options })

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'a tool by the name of %s is one that nobody has',
    async (name) => {
      const driven = await run([{ calls: [{ name }] }, done])
      expect(results(driven)[0]).toMatch(/no tool named/)
      expect(driven).toMatchObject({ text: 'All done.', ran: [] })
    },
  )

  test('keys that every object has are no arguments', async () => {
    const args = '{"a": 1, "__proto__": {"b": 100}, "constructor": 2}'
    const driven = await run([{ calls: [{ name: 'add', args }] }, done])
    expect(driven.ran.join()).not.toContain('100')
    expect(driven.text).toBe('All done.')
  })

  test.each(['[1,2]', '"x"', 'null', 'true', '7', '[[[]]]'])(
    'arguments that are %s',
    async (args) => {
      const driven = await run([{ calls: [{ name: 'web_search', args }] }, done])
      expect(driven).toMatchObject({ text: 'All done.', end: { stopReason: 'final' } })
      expect(driven.ran.length + results(driven).filter((text) => /query/.test(text)).length).toBe(
        1,
      )
    },
  )

  test('calls in a reply that was filtered are not made', async () => {
    const calls = [{ name: 'add', args: { a: 1 } }]
    const driven = await run([{ text: 'I', calls, finish: 'content_filter' }])
    expect(driven).toMatchObject({ ran: [], end: { finishReason: 'content_filter' } })
    expect(eventsOf(driven, 'tool-start')).toEqual([])
  })

  test('a reply that says it has calls and has none is asked for again', async () => {
    const driven = await run([{ finish: 'tool_calls' }, done])
    expect(driven).toMatchObject({
      text: 'All done.',
      end: { finishReason: 'stop', modelCalls: 2 },
    })
  })

  test('a thousand calls in one reply: no more than the run may make', async () => {
    const calls = Array.from({ length: 1000 }, (_, a) => ({ name: 'add', args: { a } }))
    const driven = await run([{ calls }, done])
    expect(driven.ran).toHaveLength(30)
    expect(driven).toMatchObject({ text: 'All done.', end: { stopReason: 'budget' } })
  })

  test('a call that waits for approval beside one for the caller: first the caller, then it is called again', async () => {
    const request = { tools: [openDoor] }
    const both = { calls: [write, { name: 'open_door', args: {} }] }
    const first = await run([both], { deps: { approval }, request })
    expect(first.end).toMatchObject({ stopReason: 'caller_tools', finishReason: 'tool_calls' })
    expect(first.ran).toEqual([])
    const [{ id } = { id: '' }] = eventsOf(first, 'caller-tool-calls').flatMap(({ calls }) => calls)
    const result = {
      role: 'tool' as const,
      tool_call_id: id,
      content: 'open',
      reasoning: undefined,
    }
    const resume = { events: first.events, results: [result] }
    const second = await run([{ calls: [write] }], {
      deps: { approval },
      request,
      run: { resume },
    })
    expect(second.end.stopReason).toBe('waiting_approval')
    expect(eventsOf(second, 'approval-needed')).toHaveLength(1)
    expect(second.ran).toEqual([])
  })

  test('approved, but the tool is gone since: the model reads so', async () => {
    const first = await run([{ calls: [write] }], { deps: { approval } })
    const [needed] = eventsOf(first, 'approval-needed')
    const left = testTools()
    left.tools = left.tools.filter(({ name }) => name !== 'write_file')
    const approvals = { [needed?.callId ?? '']: { approved: true } }
    const second = await run([done], {
      deps: { approval },
      tools: left,
      run: { resume: { events: first.events, approvals } },
    })
    expect(results(second)[0]).toMatch(/no tool named write_file/)
    expect(second.text).toBe('All done.')
  })

  test('decisions on calls that nobody asked about decide nothing', async () => {
    const first = await run([{ calls: [write] }], { deps: { approval } })
    const approvals = { call_other: { approved: true }, __proto__: { approved: true } }
    const second = await run([done], {
      deps: { approval },
      run: { resume: { events: first.events, approvals } },
    })
    expect(second).toMatchObject({ ran: [], end: { stopReason: 'waiting_approval' } })
  })

  test.each(['react', 'auto', 'plan_execute'] as const)(
    '%s: no two tools of one name are offered, whoever brings them',
    async (agent) => {
      const given = testTools()
      given.tools = [...given.tools, own('create_plan'), own('report_problem')]
      const steps = [{ task: 'A' }, { task: 'B' }]
      const native = scriptedModel([{ text: JSON.stringify({ steps }) }, done])
      await drive({ agent, model: native, tools: given, ask: 'Tell me.' })
      const callers = scriptedModel([{ text: JSON.stringify({ steps }) }, done])
      const request = { tools: [named('create_plan'), named('report_problem')] }
      await drive({ agent, model: callers, request, ask: 'Tell me.' })
      for (const asked of [...native.requests, ...callers.requests]) {
        expect(offered(asked)).toEqual([...new Set(offered(asked))])
      }
    },
  )
})

describe('calls as text', () => {
  const call = '```tool_call\n{"name":"add","arguments":{"a":1}}\n```'

  test.each([
    ['in a longer fence', '````\n' + call + '\n````\nThat is how.'],
    ['in a fence of tildes', '~~~\n' + call + '\n~~~\nThat is how.'],
    [
      'in a span of code',
      'Write `<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>` for it.',
    ],
    [
      'in a fence of another language',
      '```python\nprint("""\n<tool_call>\n""")\n```\nThat is how.',
    ],
    ['in a fence that is never closed', '```text\n<tool_call>{"name":"add","arguments":{"a":1}}'],
  ])('%s are an answer', async (_, text) => {
    const driven = await runText(text)
    expect(driven).toMatchObject({ ran: [], text })
  })

  test('what a model makes up after its call is neither shown nor believed', async () => {
    const driven = await runText(`Let me see.\n${call}\nObservation: 41\nThe answer is 41.`)
    expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
    expect(driven.text).toBe('Let me see.\n\nAll done.')
  })

  test('a call that breaks off is not made, and nothing of it is shown', async () => {
    const driven = await runText('So:\n```tool_call\n{"name":"add","arguments":{"a":1')
    expect(driven.ran).toEqual([])
    expect(driven.text).not.toMatch(/tool_call|arguments/)
    expect(driven.text).toContain('All done.')
  })
})

test('a synthesis that calls tools instead of answering: the answer is what the steps found', async () => {
  const steps = [{ task: 'A' }, { task: 'B' }]
  const model = scriptedModel([
    ({ messages }) => {
      const all = JSON.stringify(messages)
      if (all.includes('The steps of a plan')) return { calls: [{ name: 'run_step', args: {} }] }
      if (all.includes('Make a plan for the user')) return { text: JSON.stringify({ steps }) }
      return { text: 'Found it.' }
    },
  ])
  const driven = await drive({ agent: 'plan_execute', model })
  expect(driven.text).toContain('Found it.')
  expect(driven.end).toMatchObject({ stopReason: 'errors', finishReason: 'stop' })
})
