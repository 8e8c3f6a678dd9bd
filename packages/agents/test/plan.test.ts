/** Plans: steps with dependencies, failures, new plans, pauses; and how auto chooses. */
import { describe, expect, test } from '@jest/globals'
import { AppError, textOf, type AgentEvent } from '@tandem/schemas'
import type { ModelRequest } from '@tandem/providers'
import { user } from './support/deps.ts'
import { drive, eventsOf, type DriveOptions } from './support/drive.ts'
import { scriptedModel, type ScriptedModel, type ScriptedReply } from './support/scripted-model.ts'

interface Cast {
  plan?: ScriptedReply | ((request: ModelRequest) => ScriptedReply)
  replans?: ScriptedReply[]
  /** By the task's text; one reply after the other, the last one again and again. */
  steps?: Record<string, (ScriptedReply | ((request: ModelRequest) => ScriptedReply))[]>
  synthesis?: ScriptedReply | ((prompt: string) => ScriptedReply)
}

const plan = (...steps: object[]): ScriptedReply => ({ text: JSON.stringify({ steps }) })
const step = (id: string, task: string, ...depends_on: string[]) => ({ id, task, depends_on })

/** A model that knows by the prompt which part it plays. */
function castModel(cast: Cast, tools: 'native' | 'prompted' = 'native'): ScriptedModel {
  const replans = [...(cast.replans ?? [])]
  const steps = Object.fromEntries(
    Object.entries(cast.steps ?? {}).map(([task, replies]) => [task, [...replies]]),
  )
  return scriptedModel(
    [
      (request) => {
        const said = request.messages.map(({ content }) => textOf(content))
        const all = said.join('\n')
        if (all.includes('The steps of a plan')) {
          const { synthesis = { text: 'The synthesis.' } } = cast
          return typeof synthesis === 'function' ? synthesis(all) : synthesis
        }
        if (said.at(-1)?.includes('did not work out'))
          return replans.shift() ?? { text: 'No idea.' }
        if (all.includes('Make a plan for the user')) {
          return (typeof cast.plan === 'function' ? cast.plan(request) : cast.plan) ?? { text: '' }
        }
        const task = /^Step \d+ of \d+: (.*)$/m.exec(all)?.[1]
        const replies = steps[task ?? 'react'] ?? [{ text: `Result of ${task}` }]
        const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? {}
        return typeof reply === 'function' ? reply(request) : reply
      },
    ],
    { capabilities: { tools } },
  )
}

function run(model: ScriptedModel, options: Partial<DriveOptions> = {}) {
  return drive({ agent: 'plan_execute', model, ask: 'Compare A and B.', ...options })
}

function states(events: readonly AgentEvent[]): string[] {
  const last = events.findLast((event) => event.type === 'plan')
  return last?.type === 'plan' ? last.steps.map(({ task, status }) => `${task}: ${status}`) : []
}

const approval = (tool: { name: string }) => (tool.name === 'write_file' ? 'ask' : 'allow')
const auto = (ask: string, model: ScriptedModel, options: Partial<DriveOptions> = {}) =>
  drive({ agent: 'auto', ask, model, ...options })
const started = (events: readonly AgentEvent[]) =>
  events[0] as Extract<AgentEvent, { type: 'run-start' }>

describe.each(['native', 'prompted'] as const)('plan and execute, %s', (tools) => {
  test('runs the steps with a tool, hands results on, and answers once', async () => {
    const model = castModel(
      {
        plan: plan(step('1', 'Add'), step('2', 'Tell', '1')),
        steps: { Add: [{ calls: [{ name: 'add', args: { a: 41 } }] }, { text: 'It is 42.' }] },
        synthesis: (prompt) => ({ text: `Answer: ${prompt.includes('It is 42.')}` }),
      },
      tools,
    )
    const driven = await run(model)
    expect(driven.text).toBe('Answer: true')
    expect(states(driven.events)).toEqual(['Add: done', 'Tell: done'])
    expect(driven.end).toMatchObject({ stopReason: 'final', steps: 2, toolCalls: 1, modelCalls: 5 })
    const tell = model.requests.find(({ messages }) =>
      textOf(messages.at(-1)?.content).includes(': Tell'),
    )
    expect(JSON.stringify(tell?.messages)).toContain('It is 42.')
  })

  test('steps that do not need each other run side by side', async () => {
    const slow = [{ calls: [{ name: 'slow', args: { ms: 100 } }] }, { text: 'ok' }]
    const driven = await run(
      castModel(
        {
          plan: plan(step('a', 'A'), step('b', 'B'), step('c', 'C')),
          steps: { A: slow, B: slow, C: slow },
        },
        tools,
      ),
    )
    const firstEnd = driven.events.findIndex(({ type }) => type === 'tool-end')
    const before = driven.events.slice(0, firstEnd)
    expect(before.filter(({ type }) => type === 'tool-start')).toHaveLength(3)
    expect(driven.signals).toHaveLength(3)
  })

  test('a plan of one step is no plan', async () => {
    const driven = await run(
      castModel({ plan: plan(step('1', 'All')), steps: { react: [{ text: 'Direct.' }] } }, tools),
    )
    expect(driven.text).toBe('Direct.')
    expect(eventsOf(driven, 'plan')).toEqual([])
  })

  test.each([
    [
      'a list in words',
      { text: 'Sure!\n1. **Find A**\n2. Find B\n' },
      ['Find A: done', 'Find B: done'],
    ],
    [
      'JSON with words around it',
      { text: 'Here:\n```json\n{"steps":["Find A","Find B"]}\n```' },
      ['Find A: done', 'Find B: done'],
    ],
    ['a bare list', { text: '[{"task":"X"},{"title":"Y"}]' }, ['X: done', 'Y: done']],
    ['nearly JSON', { text: "{steps: [{task: 'X'}, {task: 'Y'},]}" }, ['X: done', 'Y: done']],
    [
      'JSON after brackets in words',
      { text: 'Plan [v1] for {you}, on [0, 1):\n{"steps":["X","Y"]}\nGood luck {you}!' },
      ['X: done', 'Y: done'],
    ],
    [
      'JSON after thoughts',
      { text: '<think>{"steps":["No"]} or\n1. A [b]?</think>{"steps":["X","Y"]}' },
      ['X: done', 'Y: done'],
    ],
    [
      'a list in words with brackets',
      { text: 'See [notes]:\n1. X [a]\n2. Y' },
      ['X [a]: done', 'Y: done'],
    ],
  ])('%s is a plan too', async (_, reply, expected) => {
    const driven = await run(castModel({ plan: reply }, tools))
    expect(states(driven.events)).toEqual(expected)
  })

  test.each([
    ['no plan at all', { text: 'I would rather not.' }],
    ['an empty one', { text: '{"steps": []}' }],
    ['a planner that fails', { error: new AppError('upstream_error') }],
  ])('%s leaves it to ReAct', async (_, reply) => {
    const driven = await run(
      castModel({ plan: reply, steps: { react: [{ text: 'Direct.' }] } }, tools),
    )
    expect(driven.text).toBe('Direct.')
  })

  test('a server that does not know the response format is asked without', async () => {
    const driven = await run(
      castModel(
        {
          plan: (request) =>
            request.responseFormat
              ? { error: new AppError('invalid_request') }
              : plan(step('1', 'X'), step('2', 'Y')),
        },
        tools,
      ),
    )
    expect(states(driven.events)).toEqual(['X: done', 'Y: done'])
  })

  test('cycles, strangers and repetitions among the dependencies do not hold it up', async () => {
    const driven = await run(
      castModel(
        {
          plan: plan(
            step('1', 'A', '3', '1'),
            step('2', 'B', '1', 'nobody'),
            step('3', 'C', '2'),
            step('4', 'a!', '1'),
          ),
        },
        tools,
      ),
    )
    expect(states(driven.events)).toEqual(['A: done', 'B: done', 'C: done'])
  })

  test.each([
    ['depends_on is null', { depends_on: null }, []],
    ['depends_on is one id', { depends_on: '1' }, ['1']],
    ['depends_on is a number', { depends_on: 1 }, ['1']],
    ['depends_on names several', { depends_on: '1, 2' }, ['1', '2']],
    ['depends_on is anything', { depends_on: [{ step: 1 }, '2'] }, ['2']],
    ['the hint is a list', { tool_hint: ['add'] }, []],
    ['the end is an object', { done_when: { is: 'done' } }, []],
    ['the id is none', { id: null }, []],
    ['the task has another name', { task: undefined, title: 'Short', action: 'C' }, []],
  ])('no step is lost where %s', async (_, wrong, dependsOn) => {
    const draft = plan(step('1', 'A'), step('2', 'B'), { id: '3', task: 'C', ...wrong })
    const driven = await run(castModel({ plan: draft }, tools))
    expect(states(driven.events)).toEqual(['A: done', 'B: done', 'C: done'])
    expect(eventsOf(driven, 'plan')[0]?.steps[2]?.dependsOn).toEqual(dependsOn)
  })

  test('a step that cannot be read is done as it was written', async () => {
    const driven = await run(castModel({ plan: plan(step('1', 'A'), { look_for: 'B' }) }, tools))
    expect(states(driven.events)).toEqual(['A: done', '{"look_for":"B"}: done'])
  })

  test('a plan that explodes is folded, nothing is lost', async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      step(String(index + 1), `Task ${index + 1}`),
    )
    const driven = await run(castModel({ plan: plan(...many) }, tools))
    const tasks = states(driven.events)
    expect(tasks).toHaveLength(10)
    expect(tasks.at(-1)).toMatch(/Task 10; .*Task 50: done/)
  })

  test('a step that fails is tried again, knowing why', async () => {
    const broken = { error: new AppError('upstream_error', { message: 'Boom.' }) }
    const model = castModel(
      { plan: plan(step('1', 'A'), step('2', 'B')), steps: { A: [broken, { text: 'ok' }] } },
      tools,
    )
    const driven = await run(model)
    expect(states(driven.events)).toEqual(['A: done', 'B: done'])
    expect(JSON.stringify(model.requests)).toContain('The last try failed')
  })

  const write = { calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }
  test.each([
    ['says nothing', {}],
    ['is down', { error: new AppError('upstream_error') }],
    ['refuses', { error: new AppError('invalid_request') }],
  ])('a try after one that changed something goes on from it: the model %s', async (_, trouble) => {
    const lost = (request: ModelRequest): ScriptedReply =>
      JSON.stringify(request.messages).includes('f is written.') ? trouble : write
    const cast: Cast = { plan: plan(step('1', 'A'), step('2', 'B', '1')), steps: { A: [lost] } }
    const model = castModel(cast, tools)
    const driven = await run(model)
    expect(driven.ran).toEqual(['write_file {"name":"f","content":""}'])
    expect(states(driven.events)).toEqual(['A: failed', 'B: pending'])
    const replan = model.requests.find(({ messages }) =>
      textOf(messages.at(-1)?.content).includes('did not work out'),
    )
    expect(JSON.stringify(replan?.messages)).toContain('not to be made again')
  })

  test('a problem reported leads to a new plan; what is done is kept and not done again', async () => {
    const model = castModel(
      {
        plan: plan(step('1', 'A'), step('2', 'B', '1'), step('3', 'C', '2')),
        steps: {
          B: [{ calls: [{ name: 'report_problem', args: { problem: 'There is no B.' } }] }],
        },
        replans: [plan(step('1', 'a'), step('2', 'B2', '1'))],
      },
      tools,
    )
    const driven = await run(model)
    expect(states(driven.events)).toEqual(['A: done', 'B: failed', 'B2: done'])
    expect(eventsOf(driven, 'plan').at(-1)?.revision).toBe(2)
    expect(driven.end.stopReason).toBe('final')
    expect(JSON.stringify(model.requests)).toContain('There is no B.')
  })

  test('a new plan that nobody can make: what is done is answered with', async () => {
    const cast: Cast = {
      plan: plan(step('1', 'A'), step('2', 'B', '1')),
      steps: { B: [{ calls: [{ name: 'report_problem', args: { problem: 'No B.' } }] }] },
      replans: [
        { error: new AppError('invalid_request') },
        { error: new AppError('upstream_error') },
      ],
    }
    const driven = await run(castModel(cast, tools))
    expect(driven).toMatchObject({ text: 'The synthesis.', error: undefined })
    expect(driven.end.stopReason).toBe('errors')
  })

  test.each(['plan', 'replan'])(
    'the time is over in the middle of a %s: an answer',
    async (when) => {
      const cast: Cast = {
        plan: when === 'plan' ? { hang: true } : plan(step('1', 'A'), step('2', 'B', '1')),
        steps: {
          B: [{ calls: [{ name: 'report_problem', args: { problem: 'No B.' } }] }],
          react: [{ text: 'What there is.' }],
        },
        replans: [{ hang: true }],
        synthesis: (prompt) => ({ text: `A: ${prompt.includes('Result of A')}` }),
      }
      const driven = await run(castModel(cast, tools), { run: { limits: { wallClockMs: 500 } } })
      expect(driven.error).toBeUndefined()
      expect(driven.text).toBe(when === 'plan' ? 'What there is.' : 'A: true')
      expect(driven.end.stopReason).toBe('budget')
    },
  )

  test('a new plan that only repeats the failure is none: the answer says what is missing', async () => {
    const model = castModel(
      {
        plan: plan(step('1', 'A'), step('2', 'B')),
        steps: { B: [{ calls: [{ name: 'report_problem', args: { problem: 'No B.' } }] }] },
        replans: [plan(step('9', 'b'))],
        synthesis: (prompt) => ({
          text: `failed: ${prompt.includes('Error: the step was not done. No B.')}`,
        }),
      },
      tools,
    )
    const driven = await run(model)
    expect(driven.text).toBe('failed: true')
    expect(driven.end.stopReason).toBe('errors')
  })

  test('new plans have an end', async () => {
    const bad = [{ calls: [{ name: 'report_problem', args: { problem: 'No.' } }] }]
    const model = castModel(
      {
        plan: plan(step('1', 'A'), step('2', 'B')),
        steps: { A: bad, B: [{ text: 'ok' }], A2: bad, A3: bad, A4: bad },
        replans: [plan(step('1', 'A2')), plan(step('1', 'A3')), plan(step('1', 'A4'))],
      },
      tools,
    )
    const driven = await run(model)
    expect(eventsOf(driven, 'plan').at(-1)?.revision).toBe(3)
    expect(driven.text).toBe('The synthesis.')
  })

  test.each([
    ['says nothing', {}],
    ['fails', { error: new AppError('upstream_error') }],
  ])('a synthesis that %s: the answer is composed of the results', async (_, synthesis) => {
    const driven = await run(
      castModel({ plan: plan(step('1', 'A'), step('2', 'B')), synthesis }, tools),
    )
    expect(driven.text).toMatch(/Result of A.*Result of B/s)
    expect(driven.error).toBeUndefined()
  })

  test('a synthesis that a filter keeps back is said to be that', async () => {
    const synthesis: ScriptedReply = { finish: 'content_filter' }
    const driven = await run(
      castModel({ plan: plan(step('1', 'A'), step('2', 'B')), synthesis }, tools),
    )
    expect(driven.text).toBe('')
    expect(driven.end).toMatchObject({ stopReason: 'final', finishReason: 'content_filter' })
  })

  test('the budget of the whole run ends it in an answer', async () => {
    const greedy = Array.from({ length: 99 }, (_, index) => ({
      calls: [{ name: 'add', args: { a: index } }],
    }))
    const driven = await run(
      castModel({ plan: plan(step('1', 'A'), step('2', 'B', '1')), steps: { A: greedy } }, tools),
      {
        run: { limits: { toolCalls: 4 } },
      },
    )
    expect(driven.end).toMatchObject({ stopReason: 'budget', toolCalls: 4 })
    expect(driven.text).toBe('The synthesis.')
  })

  test('a step that asks for approval pauses the run; approved it goes on where it was', async () => {
    const write = { calls: [{ name: 'write_file', args: { name: 'f', content: '' }, id: 'w' }] }
    const cast: Cast = {
      plan: plan(step('1', 'A'), step('2', 'Write', '1'), step('3', 'C', '2')),
      steps: { Write: [{ calls: [{ name: 'add', args: { a: 1 } }] }, write, { text: 'written' }] },
    }
    const first = await run(castModel(cast, tools), { deps: { approval } })
    expect(first.end.stopReason).toBe('waiting_approval')
    expect(first.ran).toEqual(['add {"a":1,"b":1}'])
    const [needed] = eventsOf(first, 'approval-needed')
    const model = castModel({ steps: { Write: [{ text: 'written' }] } }, tools)
    const second = await run(model, {
      deps: { approval },
      run: {
        resume: { events: first.events, approvals: { [needed!.callId]: { approved: true } } },
      },
    })
    expect(second.ran).toEqual(['write_file {"name":"f","content":""}'])
    expect(states(second.events)).toEqual(['A: done', 'Write: done', 'C: done'])
    expect(second.text).toBe('The synthesis.')
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('f is written.')
  })

  test('a pause in a second try: it is still the second, and knows why', async () => {
    const broken = { error: new AppError('upstream_error', { message: 'Boom.' }) }
    const write = { calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }
    const cast: Cast = {
      plan: plan(step('1', 'Write'), step('2', 'B', '1')),
      steps: { Write: [{ calls: [{ name: 'add', args: { a: 1 } }] }, broken, broken, write] },
    }
    const options = { deps: { approval }, run: { limits: { stepRetries: 1 } } }
    const first = await run(castModel(cast, tools), options)
    expect(first.end.stopReason).toBe('waiting_approval')
    const [needed] = eventsOf(first, 'approval-needed')
    const approvals = { [needed!.callId]: { approved: true } }
    const model = castModel({ steps: { Write: [broken] } }, tools)
    const resume = { events: first.events, approvals }
    const second = await run(model, { ...options, run: { ...options.run, resume } })
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('The last try failed')
    expect(second.ran).toEqual(['write_file {"name":"f","content":""}'])
    expect(states(second.events)).toEqual(['Write: failed', 'B: pending'])
    expect(eventsOf(second, 'plan').at(-1)?.steps[0]?.tries).toBe(2)
  })

  test('a pause after a new plan: what failed before it stays behind', async () => {
    const write = { calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }
    const problem = { calls: [{ name: 'report_problem', args: { problem: 'No A.' } }] }
    const cast: Cast = {
      plan: plan(step('1', 'A'), step('2', 'B', '1')),
      replans: [plan(step('1', 'Write'), step('2', 'C', '1'))],
      steps: { A: [problem], Write: [write, { text: 'written' }] },
    }
    const first = await run(castModel(cast, tools), { deps: { approval } })
    expect(first.end.stopReason).toBe('waiting_approval')
    const [needed] = eventsOf(first, 'approval-needed')
    const model = castModel({ steps: { Write: [{ text: 'written' }] } }, tools)
    const approvals = { [needed!.callId]: { approved: true } }
    const second = await run(model, {
      deps: { approval },
      run: { resume: { events: first.events, approvals } },
    })
    expect(states(second.events)).toEqual(['A: failed', 'Write: done', 'C: done'])
    expect(second).toMatchObject({ text: 'The synthesis.', end: { stopReason: 'final' } })
  })

  test("the caller's tools in a step: handed over, resumed with the results", async () => {
    const request = {
      tools: [{ type: 'function', function: { name: 'ask_user', parameters: { type: 'object' } } }],
    }
    const cast: Cast = {
      plan: plan(step('1', 'Ask'), step('2', 'B')),
      steps: { Ask: [{ calls: [{ name: 'ask_user', args: { q: 1 } }] }, { text: 'asked' }] },
    }
    const first = await run(castModel(cast, tools), { request })
    expect(first.end).toMatchObject({ stopReason: 'caller_tools', finishReason: 'tool_calls' })
    const id = eventsOf(first, 'caller-tool-calls')[0]!.calls[0]!.id
    const model = castModel({ steps: { Ask: [{ text: 'asked' }] } }, tools)
    const results = [
      { role: 'tool' as const, tool_call_id: id, content: 'Blue.', reasoning: undefined },
    ]
    const second = await run(model, { request, run: { resume: { events: first.events, results } } })
    expect(second.text).toBe('The synthesis.')
    expect(JSON.stringify(model.requests[0]?.messages)).toContain('Blue.')
  })

  test('cancelled in the middle it ends at once', async () => {
    const controller = new AbortController()
    const slow = [{ calls: [{ name: 'slow', args: { ms: 9999 } }] }]
    const driven = await run(
      castModel({ plan: plan(step('1', 'A'), step('2', 'B')), steps: { A: slow, B: slow } }, tools),
      {
        signal: controller.signal,
        onEvent: ({ type }) => type === 'tool-start' && controller.abort(),
      },
    )
    expect(driven.end.stopReason).toBe('cancelled')
  })
})

test('steps do not get the settings of the answer; the answer does', async () => {
  const responseFormat = { type: 'json_object' }
  const model = castModel({ plan: plan(step('1', 'A'), step('2', 'B')) })
  await run(model, { request: { maxTokens: 50, responseFormat, temperature: 0.5 } })
  const [planned, first, , last] = model.requests
  expect(planned).toMatchObject({ temperature: 0.5, responseFormat: { type: 'json_schema' } })
  expect(first?.maxTokens).toBeUndefined()
  expect(first?.responseFormat).toBeUndefined()
  expect(last).toMatchObject({ maxTokens: 50, responseFormat })
})

test('TOOL_MODELS: a step that needs a tool is done by the model for it', async () => {
  const small = scriptedModel([{ text: 'small' }])
  const model = castModel({ plan: plan({ ...step('1', 'A'), tool_hint: 'add' }, step('2', 'B')) })
  await run(model, { deps: { toolModel: (tool) => (tool === 'add' ? small : undefined) } })
  expect(small.requests).toHaveLength(1)
})

test('pictures of the request reach the steps', async () => {
  const image = { type: 'image_url', image_url: { url: 'data:,' } }
  const content = [{ type: 'text', text: 'Compare.' }, image]
  const model = castModel({ plan: plan(step('1', 'A'), step('2', 'B')) })
  await run(model, { request: { messages: [{ ...user(''), content }] } })
  expect(model.requests[1]?.messages.at(-1)?.content).toEqual(expect.arrayContaining([image]))
})

/** Runs to the call that needs an approval, and on with another model, which is handed back. */
async function approveAndGoOn(cast: Cast) {
  const first = await auto('Write about X and Y', castModel(cast), { deps: { approval } })
  const [needed] = eventsOf(first, 'approval-needed')
  const model = castModel({})
  const approvals = { [needed!.callId]: { approved: true } }
  await auto('Write about X and Y', model, {
    deps: { approval },
    run: { resume: { events: first.events, approvals } },
  })
  return model
}

describe('auto', () => {
  test.each([
    ['Tell me a joke.', 'react', /No rule/],
    ['What is the 50th Fibonacci number? Use Python.', 'react', /“Python”/],
    ['What is the latest news?', 'react', /“latest”/],
    ['Read https://example.com please', 'react', /https/],
    ['Do this:\n1. find A\n2. find B\n3. compare', 'plan_execute', /3 things/],
    ['Make a plan for a trip', 'plan_execute', /asks for a plan/],
  ])('%s', async (ask, agent, why) => {
    const driven = await auto(ask, scriptedModel([{ text: 'Ok.' }]))
    expect(started(driven.events)).toMatchObject({ agent, why: expect.stringMatching(why) })
    expect(driven.text).toBe('Ok.')
  })

  test('a simple question costs one model call', async () => {
    const driven = await auto('Who are you?', scriptedModel([{ text: 'Me.' }]))
    expect(driven.end.modelCalls).toBe(1)
  })

  test('without tools it is a chat', async () => {
    const driven = await auto('Hi', scriptedModel([{ text: 'Hi.' }]), { run: { tools: [] } })
    expect(started(driven.events).agent).toBe('chat')
  })

  test('create_plan: what was found before is known to the steps', async () => {
    const model = castModel({
      steps: {
        react: [
          { calls: [{ name: 'add', args: { a: 41 } }] },
          {
            calls: [
              { name: 'create_plan', args: { steps: [step('1', 'X'), step('2', 'Y', '1')] } },
            ],
          },
        ],
      },
    })
    const driven = await auto('Write about X and Y', model)
    expect(driven.text).toBe('The synthesis.')
    expect(states(driven.events)).toEqual(['X: done', 'Y: done'])
    const x = model.requests.find(({ messages }) =>
      textOf(messages.at(-1)?.content).includes(': X'),
    )
    expect(JSON.stringify(x?.messages)).toContain('42')
  })

  test('create_plan with a wrong plan is an error the model can read', async () => {
    const model = scriptedModel([
      { calls: [{ name: 'create_plan', args: { steps: 7 } }] },
      { text: 'Then without.' },
    ])
    const driven = await auto('Write about X and Y', model)
    expect(driven.text).toBe('Then without.')
  })

  test('create_plan: what was found before is known after a pause too', async () => {
    const steps = [step('1', 'Write'), step('2', 'Y', '1')]
    const cast: Cast = {
      steps: {
        react: [
          { calls: [{ name: 'add', args: { a: 41 } }] },
          { calls: [{ name: 'create_plan', args: { steps } }] },
        ],
        Write: [{ calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }],
      },
    }
    const model = await approveAndGoOn(cast)
    const y = model.requests.find(({ messages }) =>
      textOf(messages.at(-1)?.content).includes(': Y'),
    )
    expect(JSON.stringify(y?.messages)).toContain('42')
  })

  test('create_plan: a step that goes on after a pause knows its own calls alone', async () => {
    const steps = [step('1', 'Write'), step('2', 'Y', '1')]
    const cast: Cast = {
      steps: {
        react: [{ calls: [{ name: 'create_plan', args: { steps } }] }],
        Write: [{ calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }],
      },
    }
    const model = await approveAndGoOn(cast)
    const calls = model.requests[0]?.messages.flatMap(({ tool_calls = [] }) => tool_calls ?? [])
    expect(calls?.map((call) => call.function.name)).toEqual(['write_file'])
  })

  test('a plan of one step after a pause: an approved call is made once', async () => {
    const write = { calls: [{ name: 'write_file', args: { name: 'f', content: '' } }] }
    const first = await auto('Write about X', scriptedModel([write]), { deps: { approval } })
    const [needed] = eventsOf(first, 'approval-needed')
    const model = scriptedModel([
      { calls: [{ name: 'create_plan', args: { steps: [step('1', 'X')] } }] },
      { text: 'Direct.' },
    ])
    const approvals = { [needed!.callId]: { approved: true } }
    const second = await auto('Write about X', model, {
      deps: { approval },
      run: { resume: { events: first.events, approvals } },
    })
    expect(second.ran).toEqual(['write_file {"name":"f","content":""}'])
    expect(second.text).toBe('Direct.')
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('f is written.')
  })

  test('create_plan beside a call that has to be approved: the plan is asked for again', async () => {
    const create = { name: 'create_plan', args: { steps: [step('1', 'X'), step('2', 'Y')] } }
    const write = { name: 'write_file', args: { name: 'f', content: '' } }
    const both = scriptedModel([{ calls: [create, write] }])
    const first = await auto('Write about X', both, { deps: { approval } })
    expect(first.end.stopReason).toBe('waiting_approval')
    const [needed] = eventsOf(first, 'approval-needed')
    const model = scriptedModel([{ text: 'Done.' }])
    const approvals = { [needed!.callId]: { approved: true } }
    await auto('Write about X', model, {
      deps: { approval },
      run: { resume: { events: first.events, approvals } },
    })
    const told = JSON.stringify(model.requests[0]?.messages)
    expect(told).toContain('f is written.')
    expect(told).not.toContain('Accepted.')
  })

  test('a plan of one step goes on as ReAct', async () => {
    const model = castModel({
      steps: {
        react: [
          { calls: [{ name: 'create_plan', args: { steps: [step('1', 'X')] } }] },
          { text: 'Direct.' },
        ],
      },
    })
    expect((await auto('Write about X', model)).text).toBe('Direct.')
  })
})
