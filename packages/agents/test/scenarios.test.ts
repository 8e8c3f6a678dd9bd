/** What models and tools do wrong, each native and prompted: every run ends well. */
import { describe, expect, test } from '@jest/globals'
import { AppError, type AgentEvent } from '@tandem/schemas'
import { defineTool, errorResult, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { agents, createToolModes } from '../src/index.ts'
import { testDeps, user } from './support/deps.ts'
import { drive, eventsOf, results, type DriveOptions } from './support/drive.ts'
import { scriptedModel, usage, type Script, type ScriptOptions } from './support/scripted-model.ts'
import { testTools } from './support/tools.ts'

const done = { text: 'All done.' }
const add = (a: unknown, id?: string) => ({ name: 'add', args: { a, b: 1 }, ...(id && { id }) })

const slow = (ms: number) => ({ name: 'slow', args: { ms } })
const write = (name: string) => ({ name: 'write_file', args: { name, content: '' } })
const search = (args: unknown) => [{ calls: [{ name: 'web_search', args }] }, done]
const down = () => errorResult('tools_unavailable', 'Down.', { retryable: true })
const says = (what: string) => ({ name: 'says', args: { what } })
const writeContent = (content: string) => ({
  calls: [{ name: 'write_file', args: { name: 'f', content } }],
})
const answer = (script: Script, at: number): Script => [...script.slice(0, at), done]
const bad = (n: number) => ({ calls: [{ name: `nope_${n}` }] })
const approval = (tool: { name: string }) => (tool.name === 'write_file' ? 'ask' : 'allow')
const wordy = (index: number) => ({ text: 'Let me compute.', calls: [add(index)] })
const look = (index: number) => ({
  calls: [{ name: 'says', args: { what: 'much' } }, add(index)],
})

describe.each(['native', 'prompted'] as const)('%s', (tools) => {
  function run(script: Script, options: Partial<DriveOptions> & { model?: never } = {}) {
    return drive({ model: model(script), ...options })
  }
  function model(script: Script, options: ScriptOptions = {}) {
    const { capabilities, ...rest } = options
    return scriptedModel(script, { capabilities: { tools, ...capabilities }, ...rest })
  }

  describe('answers', () => {
    test('a plain one takes one call and no tool', async () => {
      const driven = await run([{ text: 'Hello there.' }])
      expect(driven.text).toBe('Hello there.')
      expect(driven.end).toMatchObject({
        stopReason: 'final',
        finishReason: 'stop',
        modelCalls: 1,
        steps: 1,
      })
    })

    test('one tool', async () => {
      const driven = await run([{ calls: [add(2)] }, done])
      expect(driven.ran).toEqual(['add {"a":2,"b":1}'])
      expect(results(driven)).toEqual(['3'])
      expect(driven.text).toBe('All done.')
      expect(driven.end).toMatchObject({ stopReason: 'final', toolCalls: 1, modelCalls: 2 })
      expect(driven.end.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10 })
      expect(driven.end.usageLast).toMatchObject({ total_tokens: 15 })
    })

    test('several, one after the other', async () => {
      const driven = await run([
        { calls: [add(1)] },
        { calls: [add(2)] },
        { calls: [add(3)] },
        done,
      ])
      expect(results(driven)).toEqual(['2', '3', '4'])
    })

    test('text before a call is content, and stands apart from the answer', async () => {
      const driven = await run([{ text: 'Let me see.', calls: [add(2)] }, done])
      expect(driven.text.replace(/\n+/, '\n\n')).toBe('Let me see.\n\nAll done.')
      expect(driven.text).not.toContain('tool_call')
    })

    test.each([1, 2, 3, 1000])('text in pieces of %d characters', async (piece) => {
      const script = [{ text: 'Let me see: `x`.', calls: [add(2), add(3)] }, done]
      const driven = await drive({ model: model(script, { piece }) })
      expect(driven.text).toMatch(/^Let me see: `x`\.\s+All done\.$/)
      expect(results(driven)).toEqual(['3', '4'])
    })

    test('reasoning is passed on, and kept for the model', async () => {
      const scripted = model([{ reasoning: 'I think.', calls: [add(2)] }, done])
      const driven = await drive({ model: scripted })
      expect(
        eventsOf(driven, 'reasoning-delta')
          .map(({ text }) => text)
          .join(''),
      ).toBe('I think.')
      if (tools === 'native')
        expect(scripted.requests[1]?.messages.at(-2)?.reasoning).toBe('I think.')
    })

    test('progress of a tool is passed on between its start and its end', async () => {
      const driven = await run([{ calls: [{ name: 'web_search', args: { query: 'cats' } }] }, done])
      const kinds = driven.events.map(({ type }) => type).filter((type) => type.startsWith('tool'))
      expect(kinds).toEqual(['tool-start', 'tool-progress', 'tool-end'])
    })
  })

  describe('parallel calls', () => {
    test('run side by side, their results in the order of the calls', async () => {
      const scripted = model([{ calls: [slow(120), slow(10), slow(60)] }, done])
      const driven = await drive({ model: scripted })
      expect(results(driven)).toEqual(['slept 10', 'slept 60', 'slept 120'])
      const last = JSON.stringify(scripted.requests[1]?.messages)
      const places = [120, 10, 60].map((ms) => last.lastIndexOf(`slept ${ms}`))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    })

    test('what may not run beside others runs alone', async () => {
      const driven = await run([{ calls: [write('a'), write('b'), add(1)] }, done])
      const order = driven.events.flatMap((event) =>
        event.type === 'tool-start' || event.type === 'tool-end' ? [event.type] : [],
      )
      expect(order.slice(0, 4)).toEqual(['tool-start', 'tool-end', 'tool-start', 'tool-end'])
    })

    test('a failing one among them leaves the others alone', async () => {
      const driven = await run([{ calls: [add(1), { name: 'kaput' }, add(2)] }, done])
      const texts = results(driven)
      expect(texts).toEqual(expect.arrayContaining(['2', '3']))
      expect(texts.join()).toContain('kaput failed')
      expect(texts.join()).not.toContain('passwd')
      expect(driven.end.stopReason).toBe('final')
    })

    test('no more than four at once', async () => {
      let running = 0
      let most = 0
      await run(
        [{ calls: Array.from({ length: 9 }, (_, ms) => ({ name: 'slow', args: { ms } })) }, done],
        {
          onEvent: ({ type }) => {
            if (type === 'tool-start') running += 1
            if (type === 'tool-end') running -= 1
            most = Math.max(most, running)
          },
        },
      )
      expect(most).toBe(4)
    })

    test('alike in one reply they run once', async () => {
      const driven = await run([{ calls: [add(1), add(1)] }, done])
      expect(driven.ran).toHaveLength(1)
      expect(driven.end.stopReason).toBe('final')
    })
  })

  describe('names', () => {
    test('an unknown tool: the model reads which there are, the closest first', async () => {
      const driven = await run([{ calls: [{ name: 'web_serch_tool' }] }, done])
      expect(results(driven)[0]).toMatch(
        /no tool named web_serch_tool.*The tools are: web_search, /,
      )
      expect(driven.end.stopReason).toBe('final')
    })

    test.each(['Web-Search', 'websearch', 'functions.web_search'])(
      '%s is meant well',
      async (name) => {
        const driven = await run([{ calls: [{ name, args: { query: 'x' } }] }, done])
        expect(driven.ran).toEqual(['web_search {"query":"x"}'])
        expect(eventsOf(driven, 'tool-end')[0]?.repaired).toBe('name')
        expect(eventsOf(driven, 'tool-start')[0]?.tool).toBe('web_search')
      },
    )

    test('a tool that is not set up is not offered, and says why when it is called', async () => {
      const scripted = model([{ calls: [{ name: 'keyless' }] }, done])
      const driven = await drive({ model: scripted })
      expect(JSON.stringify(scripted.requests[0])).not.toContain('keyless')
      expect(results(driven)[0]).toContain('There is no key. Set KEY.')
    })

    test('a name that no provider would take back', async () => {
      const driven = await run([{ calls: [{ name: 'rm -rf / "x"' }] }, done])
      expect(driven.end.stopReason).toBe('final')
    })
  })

  describe('arguments', () => {
    test.each([
      ['single quotes', "{'query': 'cats'}", { query: 'cats' }, 'json'],
      ['a comma too many', '{"query": "cats",}', { query: 'cats' }, 'json'],
      ['no closing bracket', '{"query": "cats"', { query: 'cats' }, 'json'],
      ['bare keys', '{query: "cats"}', { query: 'cats' }, 'json'],
      [
        'a number as text',
        { query: 'cats', max_results: '5' },
        { query: 'cats', max_results: 5 },
        'schema',
      ],
      [
        'one for a list',
        { query: 'cats', sites: 'a.com' },
        { query: 'cats', sites: ['a.com'] },
        'schema',
      ],
      ['an unknown key', { query: 'cats', mood: 1 }, { query: 'cats' }, 'schema'],
      [
        'another spelling',
        { Query: 'cats', maxResults: 3 },
        { query: 'cats', max_results: 3 },
        'schema',
      ],
      [
        'other letters',
        { query: 'cats', depth: 'Advanced' },
        { query: 'cats', depth: 'advanced' },
        'schema',
      ],
      ['null for nothing', { query: 'cats', depth: null }, { query: 'cats' }, 'schema'],
      ['just the text', '"cats"', { query: 'cats' }, 'schema'],
    ])('%s is repaired', async (...[, sent, ran, repaired]) => {
      const driven = await run(search(sent))
      expect(driven.ran).toEqual([`web_search ${JSON.stringify(ran)}`])
      // In a prompted block the repair may be that of the whole block.
      if (tools === 'native') expect(eventsOf(driven, 'tool-end')[0]?.repaired).toBe(repaired)
    })

    test('missing: the message names it and shows the schema', async () => {
      const driven = await run([{ calls: [{ name: 'web_search', args: {} }] }, done])
      expect(driven.ran).toEqual([])
      expect(results(driven)[0]).toMatch(/Missing required parameter: 'query'.*"max_results"/s)
    })

    test('that end in the middle of a string are not made up', async () => {
      const driven = await run(search('{"query": "cats and d'))
      expect(driven.ran).toEqual([])
      expect(results(driven)[0]).toMatch(/end in the middle|could not be read/)
      expect(driven.text).toBe('All done.')
    })

    test('after two failures the tool is given up on', async () => {
      const scripted = model([
        { calls: [{ name: 'web_search', args: { query: '' } }] },
        { calls: [{ name: 'web_search', args: { query: '', depth: 'basic' } }] },
        { calls: [{ name: 'web_search', args: { query: 'cats' } }, add(1)] },
        done,
      ])
      const driven = await drive({ model: scripted })
      expect(results(driven)[1]).toContain('last try')
      expect(results(driven)).toEqual(
        expect.arrayContaining([expect.stringContaining('not available any more')]),
      )
      expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
      const offered =
        tools === 'native' ? scripted.requests[2]?.tools : scripted.requests[2]?.messages[0]
      expect(JSON.stringify(offered)).not.toContain('web_search')
    })

    test('giant ones are refused', async () => {
      const driven = await run(search({ query: 'x'.repeat(300_000) }))
      expect(driven.ran).toEqual([])
      expect(results(driven)[0]).toContain('too long')
    })

    test('nested without end are refused', async () => {
      const driven = await run(search(`{"query":${'['.repeat(5000)}${']'.repeat(5000)}}`))
      expect(driven.ran).toEqual([])
      expect(driven.end.stopReason).toBe('final')
    })

    test('none at all', async () => {
      const driven = await run([
        { calls: [{ name: 'flaky', args: tools === 'native' ? '' : '{}' }] },
        done,
      ])
      expect(driven.ran).toEqual(['flaky {"x":0}'])
    })

    test('cut off by the length limit: the call is never made', async () => {
      const calls = [add(1), { name: 'web_search', args: '{"query": "cats"}' }]
      const driven = await run([{ calls, finish: 'length' }, done])
      if (tools === 'native') {
        expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
        expect(results(driven)[1]).toContain('length limit')
      }
      expect(driven.text).toBe('All done.')
    })
  })

  describe('tools', () => {
    test('that time out', async () => {
      const driven = await run([{ calls: [{ name: 'deaf' }] }, done])
      expect(results(driven)[0]).toContain('took longer than 0.03 s')
      expect(driven.text).toBe('All done.')
    })

    test('that are down and come back: the second try is theirs', async () => {
      const box = testTools()
      box.failures.push(errorResult('tools_unavailable', 'Down.', { retryable: true }))
      const driven = await run([{ calls: [{ name: 'flaky' }] }, done], {
        tools: box,
        deps: { retryTools: true },
      })
      expect(driven.ran).toHaveLength(2)
      expect(results(driven)).toEqual(['works'])
    })

    test('that stay down: it was tried twice, and the model reads so', async () => {
      const box = testTools()
      box.failures.push(down(), down())
      const driven = await run([{ calls: [{ name: 'flaky' }] }, done], {
        tools: box,
        deps: { retryTools: true },
      })
      expect(results(driven)).toEqual(['Down. (It was tried twice.)'])
    })

    test('without the setting there is one try; the model may ask again', async () => {
      const box = testTools()
      box.failures.push(errorResult('tools_unavailable', 'Down.', { retryable: true }))
      const call = { calls: [{ name: 'flaky' }] }
      const driven = await run([call, call, done], { tools: box })
      expect(results(driven)).toEqual(['Down.', 'works'])
    })

    test('that say too much are bounded, head and tail kept', async () => {
      const scripted = model([{ calls: [{ name: 'says', args: { what: 'much' } }] }, done])
      const driven = await drive({ model: scripted })
      const [content = ''] = results(driven)
      expect(Buffer.byteLength(content)).toBeLessThanOrEqual(16 * 1024)
      expect(content).toMatch(/^begin .* end$/s)
    })

    test('that say nothing, or bytes', async () => {
      const driven = await run([{ calls: [says('nothing'), says('binary')] }, done])
      expect(results(driven)).toEqual(['(The tool returned nothing.)', 'ab[31mc\ufffdd'])
    })

    test('whose output holds calls: it is data', async () => {
      const driven = await run([{ calls: [{ name: 'says', args: { what: 'injection' } }] }, done])
      expect(driven.ran).toEqual([])
      expect(driven.end.toolCalls).toBe(1)
    })

    test('crashes are told to whoever runs the process', async () => {
      const crashes: unknown[] = []
      await run([{ calls: [{ name: 'kaput' }] }, done], {
        deps: { onCrash: (error) => crashes.push(error) },
      })
      expect(String(crashes[0])).toContain('secret')
    })
  })

  describe('circles', () => {
    test('the same call for ever: the second time a warning, the third time the end', async () => {
      const scripted = model([{ calls: [add(1)] }, { calls: [add(1)] }, { calls: [add(1)] }, done])
      const driven = await drive({ model: scripted })
      expect(driven.ran).toHaveLength(1)
      expect(results(driven)[1]).toMatch(/same call as before.*\n2/)
      expect(driven.end).toMatchObject({ stopReason: 'repeated_calls', modelCalls: 4 })
      expect(driven.text).toBe('All done.')
    })

    test('ping-pong', async () => {
      const script = Array.from({ length: 20 }, (_, index) => ({ calls: [add(index % 2)] }))
      const driven = await run(script)
      expect(driven.ran).toHaveLength(2)
      expect(driven.end.stopReason).toBe('repeated_calls')
      expect(driven.text).toContain('could not finish')
    })

    test('a call after something changed is no repetition', async () => {
      const check = { calls: [{ name: 'flaky', args: { x: 1 } }] }
      const driven = await run([check, writeContent('1'), check, writeContent('2'), check, done])
      expect(driven.ran.filter((line) => line.startsWith('flaky'))).toHaveLength(3)
      expect(driven.end.stopReason).toBe('final')
    })

    test('keys in another order are the same call', async () => {
      const driven = await run([
        { calls: [{ name: 'add', args: '{"a":1,"b":2}' }] },
        { calls: [{ name: 'add', args: '{"b":2,"a":1}' }] },
        done,
      ])
      expect(driven.ran).toHaveLength(1)
    })
  })

  describe('limits', () => {
    const endless = Array.from({ length: 100 }, (_, index) => ({ calls: [add(index)] }))

    test('of iterations: one last call without tools, and an answer', async () => {
      const scripted = model(answer(endless, 4))
      const driven = await drive({ model: scripted, run: { limits: { iterations: 4 } } })
      expect(driven.end).toMatchObject({
        stopReason: 'max_iterations',
        finishReason: 'stop',
        modelCalls: 5,
      })
      expect(driven.text).toBe('All done.')
      const last = scripted.requests.at(-1)
      if (tools === 'native') expect(last?.toolChoice).toBe('none')
      expect(JSON.stringify(last?.messages.at(-1))).toContain('limit of steps')
    })

    test('of tool calls, also within one reply', async () => {
      const calls = Array.from({ length: 12 }, (_, index) => add(index))
      const driven = await run([{ calls }, done], { run: { limits: { toolCalls: 5 } } })
      expect(driven.ran).toHaveLength(5)
      expect(driven.end).toMatchObject({ stopReason: 'budget', toolCalls: 5 })
    })

    test('of tokens', async () => {
      const script = endless.map((reply) => ({ ...reply, usage: usage(900, 100) }))
      const driven = await run(answer(script, 3), { run: { limits: { tokens: 2500 } } })
      expect(driven.end).toMatchObject({ stopReason: 'budget', modelCalls: 4 })
      expect(driven.text).toBe('All done.')
    })

    test('of time, while a tool works', async () => {
      const driven = await run([{ calls: [{ name: 'slow', args: { ms: 5000 } }] }, done], {
        run: { limits: { wallClockMs: 60 } },
      })
      expect(results(driven)[0]).toContain('time of the run was over')
      expect(driven.signals[0]?.aborted).toBe(true)
      expect(driven.end.stopReason).toBe('budget')
      expect(driven.text).toBe('All done.')
    })

    test('of time, while the model thinks', async () => {
      const driven = await run([{ calls: [add(1)] }, { hang: true }, done], {
        run: { limits: { wallClockMs: 60 } },
      })
      expect(driven.end.stopReason).toBe('budget')
      expect(driven.text).toBe('All done.')
    })

    test('of errors in a row', async () => {
      const driven = await run([bad(1), bad(2), bad(3), done])
      expect(driven.end).toMatchObject({ stopReason: 'errors', modelCalls: 4 })
      expect(driven.text).toBe('All done.')
    })

    test('the last call wants tools as well: the answer is composed', async () => {
      const driven = await run(endless, { run: { limits: { iterations: 2 } } })
      expect(driven.end.stopReason).toBe('max_iterations')
      expect(driven.text).toMatch(/could not finish.*> 1\n\n> 2/s)
      expect(driven.text).not.toContain('tool_call')
    })

    test('the last call says words and wants tools as well: the results are told all the same', async () => {
      const driven = await run([1, 2, 3, 4].map(wordy), { run: { limits: { iterations: 2 } } })
      expect(driven.end.stopReason).toBe('max_iterations')
      expect(driven.text).toMatch(
        /^(Let me compute\.\s*\n\n){3}I could not finish.*> 2\n\n> 3\s*$/s,
      )
      expect(driven.ran).toHaveLength(2)
    })

    test('the last call breaks off in the middle: that is thrown, no second answer follows', async () => {
      const error = new AppError('upstream_interrupted', { spent: true })
      const script = [{ calls: [add(41)] }, { text: 'It is nearly', error, late: true }]
      const driven = await run(script, { run: { limits: { iterations: 1 } } })
      expect(driven.error).toBe(error)
      expect(driven.text).toMatch(/It is nearly?$/)
    })

    test('the last call fails: the answer is composed', async () => {
      const error = new AppError('upstream_error')
      const driven = await run([{ calls: [add(41)] }, { error }, { error }])
      expect(driven.error).toBeUndefined()
      expect(driven.end.stopReason).toBe('errors')
      expect(driven.text).toContain('> 42')
    })
  })

  describe('replies that say nothing', () => {
    test('the model is asked again', async () => {
      const driven = await run([{}, { reasoning: 'Hm.' }, done])
      expect(driven.text).toBe('All done.')
      expect(driven.end).toMatchObject({ stopReason: 'final', modelCalls: 3 })
    })

    test('for ever: there is an answer all the same', async () => {
      const driven = await run([{}])
      expect(driven.text).toContain('could not finish')
      expect(driven.end).toMatchObject({ stopReason: 'errors', modelCalls: 4 })
    })

    test('because the caller allows too few tokens: that is what it means', async () => {
      const driven = await run([{ reasoning: 'Long.', finish: 'length' }], {
        request: { maxTokens: 5 },
      })
      expect(driven.end).toMatchObject({ finishReason: 'length', modelCalls: 1 })
    })

    test.each(['length', 'content_filter'] as const)(
      '%s is passed on in its true meaning',
      async (finish) => {
        const driven = await run([{ text: 'Half an', finish }])
        expect(driven.end).toMatchObject({ stopReason: 'final', finishReason: finish })
        expect(driven.text).toBe('Half an')
      },
    )
  })

  describe('models that fail', () => {
    test('at once: the error is thrown, after run-end', async () => {
      const driven = await run([{ error: new AppError('upstream_credentials') }])
      expect(driven.error).toMatchObject({ code: 'upstream_credentials' })
      expect(driven.end.stopReason).toBe('errors')
    })

    test('in the middle of the answer: what was said stays, the error is thrown', async () => {
      const error = new AppError('upstream_interrupted', { spent: true })
      const driven = await run([{ text: 'Half an answer', error, late: true }])
      expect(driven.text).toContain('Half an')
      expect(driven.error).toBe(error)
    })

    test('before anything was said, in mid-stream: another turn', async () => {
      const error = new AppError('upstream_interrupted', { spent: true })
      const driven = await run([{ reasoning: 'Hm', error, late: true }, done])
      expect(driven.text).toBe('All done.')
    })

    test('that throw what is no AppError', async () => {
      const driven = await run([{ error: new TypeError('bug') }])
      expect(driven.error).toMatchObject({ code: 'internal_error' })
    })
  })

  describe('cancelling', () => {
    test('while a tool works: its signal aborts, each call gets its end', async () => {
      const controller = new AbortController()
      const calls = [
        { name: 'slow', args: { ms: 9999 } },
        { name: 'slow', args: { ms: 9998 } },
        { name: 'write_file', args: { name: 'a', content: '' } },
      ]
      const driven = await run([{ calls }], {
        signal: controller.signal,
        onEvent: ({ type }) => type === 'tool-start' && setTimeout(() => controller.abort(), 10),
      })
      expect(driven.signals).toHaveLength(2)
      expect(driven.signals.every(({ aborted }) => aborted)).toBe(true)
      expect(eventsOf(driven, 'tool-end').map(({ result }) => result.error?.code)).toEqual(
        Array(3).fill('cancelled'),
      )
      expect(driven.end.stopReason).toBe('cancelled')
      expect(driven.error).toBeUndefined()
      expect(driven.ran.join()).not.toContain('write_file')
    })

    test('while the model speaks', async () => {
      const controller = new AbortController()
      const driven = await run([{ text: 'Once upon a time', hang: true }], {
        signal: controller.signal,
        onEvent: ({ type }) => type === 'text-delta' && controller.abort(),
      })
      expect(driven.end.stopReason).toBe('cancelled')
    })

    test('a tool that is deaf does not hold it up', async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 10)
      const driven = await run([{ calls: [{ name: 'deaf' }] }], { signal: controller.signal })
      expect(driven.end.stopReason).toBe('cancelled')
    })

    test('before it began', async () => {
      const driven = await run([done], { signal: AbortSignal.abort() })
      expect(driven.end).toMatchObject({ stopReason: 'cancelled', modelCalls: 0 })
    })

    test('a consumer that leaves stops what runs', async () => {
      const box = testTools()
      const events = agents.react(
        {
          runId: 'r',
          owner: 'u',
          model: model([{ calls: [{ name: 'slow', args: { ms: 9999 } }, add(1)] }]),
          request: { messages: [user('x')] },
          tools: box.tools,
          models: () => ({ baseUrl: '', token: '' }),
        },
        testDeps(),
        { signal: new AbortController().signal },
      )
      for await (const event of events) if (event.type === 'tool-end') break
      expect(box.signals[0]?.aborted).toBe(true)
    })
  })

  describe('approvals', () => {
    const write = { name: 'write_file', args: { name: 'a.txt', content: 'hi' }, id: 'call_w' }

    async function pausedRun() {
      const driven = await run([{ text: 'I will write.', calls: [add(1), write] }], {
        deps: { approval },
      })
      expect(driven.end).toMatchObject({ stopReason: 'waiting_approval', finishReason: 'stop' })
      expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
      const [needed] = eventsOf(driven, 'approval-needed')
      expect(needed).toMatchObject({
        tool: 'write_file',
        arguments: { name: 'a.txt', content: 'hi' },
      })
      expect(driven.text).toMatch(/approval.*`write_file`/s)
      return { events: driven.events, callId: needed!.callId }
    }

    test('ask: the run pauses; approved, it goes on', async () => {
      const { events, callId } = await pausedRun()
      const scripted = model([done])
      const driven = await drive({
        model: scripted,
        deps: { approval },
        run: { resume: { events, approvals: { [callId]: { approved: true } } } },
      })
      expect(driven.ran).toEqual(['write_file {"name":"a.txt","content":"hi"}'])
      expect(driven.text).toBe('All done.')
      expect(JSON.stringify(scripted.requests[0]?.messages)).not.toContain('approval')
    })

    test('declined: the model reads so', async () => {
      const { events, callId } = await pausedRun()
      const driven = await run([done], {
        deps: { approval },
        run: {
          resume: { events, approvals: { [callId]: { approved: false, reason: 'not there' } } },
        },
      })
      expect(driven.ran).toEqual([])
      expect(results(driven)[0]).toMatch(/declined.*not there/)
      expect(driven.end.stopReason).toBe('final')
    })

    test('not decided: it is asked again, whatever the model calls its calls', async () => {
      const id = 'constructor'
      const paused = await run([{ calls: [{ ...write, id }] }], { deps: { approval } })
      const options = {
        deps: { approval },
        run: { resume: { events: paused.events, approvals: {} } },
      }
      expect((await run([done], options)).end.stopReason).toBe('waiting_approval')
    })

    test('not decided: it is asked again', async () => {
      const { events } = await pausedRun()
      const driven = await run([done], { deps: { approval }, run: { resume: { events } } })
      expect(driven.end.stopReason).toBe('waiting_approval')
    })

    const nothing = defineTool({
      name: 'anything',
      description: 'Takes anything.',
      schema: z.object({}),
      traits: { readOnly: false, parallelSafe: false, idempotent: false, timeoutMs: 1000 },
      run: () => textResult('It ran.'),
    }) as Tool
    const anything: Tool = { ...nothing, parameters: {}, parse: (given) => given }
    const callAnything = (args: string) =>
      run([{ calls: [{ name: 'anything', args }] }, done], {
        tools: { ...testTools(), tools: [anything] },
        deps: { approval: () => 'ask' },
      })

    test('a call of a tool that takes anything waits with an object', async () => {
      const driven = await callAnything('null')
      expect(driven.error).toBeUndefined()
      expect(eventsOf(driven, 'approval-needed')).toMatchObject([{ arguments: {} }])
    })

    test.each(['[]', '7', '"x"'])('a call with %s does not: the model reads why', async (args) => {
      const driven = await callAnything(args)
      expect(eventsOf(driven, 'approval-needed')).toEqual([])
      expect(results(driven)[0]).toContain('not one JSON object')
      expect(driven.text).toBe('All done.')
    })

    test('deny: never, but the run goes on', async () => {
      const driven = await run([{ calls: [write] }, done], { deps: { approval: () => 'deny' } })
      expect(driven.ran).toEqual([])
      expect(results(driven)[0]).toContain('may not be used')
    })
  })

  describe("the caller's tools", () => {
    const request = {
      tools: [{ type: 'function', function: { name: 'ask_user', parameters: { type: 'object' } } }],
    }

    test('mixed with ours: ours run, theirs are handed over, the results resume it', async () => {
      const first = await run([{ calls: [add(1), { name: 'ask_user', args: { q: 'Why?' } }] }], {
        request,
      })
      expect(first.ran).toEqual(['add {"a":1,"b":1}'])
      expect(first.end).toMatchObject({ stopReason: 'caller_tools', finishReason: 'tool_calls' })
      const [handed] = eventsOf(first, 'caller-tool-calls')
      expect(handed?.calls.map((call) => [call.function.name, call.function.arguments])).toEqual([
        ['ask_user', '{"q":"Why?"}'],
      ])
      const id = handed!.calls[0]!.id
      const scripted = model([done])
      const second = await drive({
        model: scripted,
        request,
        run: {
          resume: {
            events: first.events,
            results: [
              { role: 'tool', tool_call_id: id, content: 'Because.', reasoning: undefined },
            ],
          },
        },
      })
      expect(second.text).toBe('All done.')
      expect(JSON.stringify(scripted.requests[0]?.messages)).toMatch(/2.*Because\./)
    })

    test('one of theirs hides ours of the same name', async () => {
      const tools = [
        { type: 'function', function: { name: 'add', parameters: { type: 'object' } } },
      ]
      const driven = await run([{ calls: [add(1)] }], { request: { tools } })
      expect(driven.ran).toEqual([])
      expect(driven.end.stopReason).toBe('caller_tools')
    })

    test('broken JSON for them is repaired or refused, never handed on', async () => {
      const broken = { calls: [{ name: 'ask_user', args: '{"q": "half' }] }
      const driven = await run([broken, { calls: [{ name: 'ask_user', args: "{'q': 1}" }] }], {
        request,
      })
      const [handed] = eventsOf(driven, 'caller-tool-calls')
      expect(JSON.parse(handed?.calls[0]?.function.arguments ?? '')).toEqual({ q: 1 })
    })
  })

  test('tool_choice none offers no tools', async () => {
    const scripted = model([done])
    await drive({ model: scripted, request: { toolChoice: 'none' } })
    expect(JSON.stringify(scripted.requests[0])).not.toContain('web_search')
  })

  test('a forced tool is forced once', async () => {
    const scripted = model([{ calls: [add(1)] }, done])
    await drive({ model: scripted, request: { toolChoice: 'required' } })
    const said = (index: number) => JSON.stringify(scripted.requests[index])
    expect(said(0)).toMatch(
      tools === 'native' ? /"toolChoice":"required"/ : /Call at least one tool now/,
    )
    expect(said(1)).not.toMatch(/"required"[,}]|at least one tool now/)
  })

  test("our instructions and the caller's are one system message", async () => {
    const scripted = model([done])
    const messages = [
      { role: 'system' as const, content: 'Speak French.', reasoning: undefined },
      user('x'),
    ]
    await drive({ model: scripted, request: { messages } })
    const systems = scripted.requests[0]?.messages.filter(({ role }) => role === 'system')
    expect(systems).toHaveLength(1)
    expect(systems?.[0]?.content).toMatch(/tools.*Speak French\.$/s)
  })
})

describe('ids', () => {
  test('that are missing, double, or used before become unique', async () => {
    const scripted = scriptedModel([
      { calls: [add(1, 'same'), add(2, 'same'), add(3)] },
      { calls: [add(4, 'same')] },
      done,
    ])
    const driven = await drive({ model: scripted })
    const ids = eventsOf(driven, 'tool-start').map(({ callId }) => callId)
    expect(new Set(ids).size).toBe(4)
    expect(ids[0]).toBe('same')
    expect(results(driven)).toEqual(['2', '3', '4', '5'])
  })
})

describe('how a model calls tools', () => {
  const refusal = new AppError('invalid_request', {
    message: 'registry.ollama.ai/library/gemma:2b does not support tools',
  })

  test('is found out from its refusal, and remembered', async () => {
    const toolModes = createToolModes()
    const block = '```tool_call\n{"name":"add","arguments":{"a":1}}\n```'
    const scripted = scriptedModel([{ error: refusal }, { text: block }, done], { id: 'gemma:2b' })
    const driven = await drive({ model: scripted, deps: { toolModes } })
    expect(driven.text).toBe('All done.')
    expect(driven.ran).toHaveLength(1)
    const again = scriptedModel([done], { id: 'gemma:2b' })
    await drive({ model: again, deps: { toolModes } })
    expect(again.requests[0]?.tools).toBeUndefined()
    expect(again.requests).toHaveLength(1)
  })

  test('is remembered of the latest ones, however many there were', async () => {
    const toolModes = createToolModes()
    const models = Array.from({ length: 1001 }, (_, n) => scriptedModel([done], { id: `m${n}` }))
    for (const each of models) toolModes.remember(each, 'prompted')
    const modes = models.map((each) => toolModes.modeOf(each))
    expect([modes[0], modes[1], modes[1000]]).toEqual(['native', 'prompted', 'prompted'])
  })

  test('can be set', async () => {
    const scripted = scriptedModel([done], { id: 'x' })
    await drive({
      model: scripted,
      deps: { toolModes: createToolModes({ 'scripted/x': 'prompted' }) },
    })
    expect(JSON.stringify(scripted.requests[0]?.messages[0])).toContain('```tool_call')
  })

  test('a model that has none of it gets none', async () => {
    const scripted = scriptedModel([done], { capabilities: { tools: 'none' } })
    const driven = await drive({ model: scripted })
    expect(JSON.stringify(scripted.requests[0])).not.toContain('web_search')
    expect(driven.text).toBe('All done.')
  })
})

describe('calls as text, though the model has native ones', () => {
  test.each([
    ['Hermes', 'Sure.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'],
    ['Hermes, never closed', '<tool_call>{"name": "add", "arguments": {"a": 1}}'],
    [
      'Qwen 3 coder',
      '<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>',
    ],
    ['Mistral', '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}]'],
    ['newer Mistral', '[TOOL_CALLS]add[ARGS]{"a": 1}'],
    ['Llama 3', '{"name": "add", "parameters": {"a": "1"}}'],
    ['Llama 3 with its tag', '<|python_tag|>{"name": "add", "parameters": {"a": 1}}'],
    ['ReAct', 'Thought: I add.\nAction: add\nAction Input: {"a": 1}\nObservation: 17'],
    ['fenced', '```tool_call\n{"name": "add", "arguments": {"a": 1}}\n```'],
  ])('%s', async (_, text) => {
    for (const piece of [1, 5, 1000]) {
      const driven = await drive({ model: scriptedModel([{ text }, done], { piece }) })
      expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
      expect(driven.text).toMatch(/^(?:Sure\.|Thought: I add\.)?\s*All done\.$/)
    }
  })

  test.each([
    ['in a code block', 'So:\n```json\n{"name": "add", "arguments": {"a": 1}}\n```\nThat is it.'],
    [
      'a tag in a code block',
      '```xml\n<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>\n```',
    ],
    [
      'a fence in a longer fence',
      '````md\n```tool_call\n{"name": "add", "arguments": {"a": 1}}\n```\n````',
    ],
    ['in a code span', 'Write `<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>` so.'],
    ['of a tool that nobody has', '<tool_call>{"name": "fly", "arguments": {}}</tool_call>'],
    ['an answer in JSON', '{"name": "Alice", "age": 3}'],
    [
      'a sentence about it',
      'Hermes writes <tool_call> before a call, Mistral [TOOL_CALLS], ReAct Action: x.',
    ],
    ['a list', '[TOOL_CALLS] is a token.\n- a\n- b'],
    ['an action to take', 'Action: stretch your legs.\nAction Input: none'],
    ['code', 'if (a < b) {\n  a[0] = `x`\n}'],
  ])('look-alike %s is text', async (_, text) => {
    for (const piece of [1, 4, 1000]) {
      const driven = await drive({ model: scriptedModel([{ text }], { piece }) })
      expect(driven.ran).toEqual([])
      expect(driven.text).toBe(text)
    }
  })
})

describe('context', () => {
  const overflow = new AppError('context_length_exceeded')

  test('that overflows is shortened and asked again', async () => {
    const scripted = scriptedModel([
      { calls: [{ name: 'says', args: { what: 'much' } }] },
      { calls: [add(1)] },
      { error: overflow },
      done,
    ])
    const driven = await drive({ model: scripted })
    expect(driven.text).toBe('All done.')
    const size = (index: number) => JSON.stringify(scripted.requests[index]).length
    expect(size(3)).toBeLessThan(size(2) - 10_000)
  })

  test('that overflows whatever is done ends in an answer', async () => {
    const driven = await drive({
      model: scriptedModel([{ calls: [add(1)] }, { error: overflow }]),
    })
    expect(driven.text).toContain('> 2')
    expect(driven.end.stopReason).toBe('errors')
  })

  test('that the question alone overflows is the error it is', async () => {
    const driven = await drive({ model: scriptedModel([{ error: overflow }]) })
    expect(driven.error).toMatchObject({ code: 'context_length_exceeded' })
  })

  test('is kept below what the model takes, in ever stronger ways, call and result together', async () => {
    const script = [...Array.from({ length: 8 }, (_, index) => look(index)), done].map(
      (reply) => (request: { messages: unknown[]; tools?: unknown }) =>
        request.tools
          ? { ...reply, usage: usage(JSON.stringify(request.messages).length / 4, 20) }
          : { text: 'The summary.' },
    )
    const scripted = scriptedModel(script, { capabilities: { contextLength: 9000 } })
    const driven = await drive({ model: scripted, run: { limits: { sameCall: 99 } } })
    expect(driven.end.stopReason).toBe('final')
    for (const { messages } of scripted.requests) {
      expect(JSON.stringify(messages).length / 4).toBeLessThan(9000)
    }
  })

  test('is summarised where shrinking does not do', async () => {
    const old = Array.from({ length: 40 }, (_, index) => [
      user(`Question ${index} ${'lorem ipsum '.repeat(60)}`),
      { role: 'assistant' as const, content: `Answer ${index}`, reasoning: undefined },
    ]).flat()
    const scripted = scriptedModel([{ text: 'They talked.' }, done], {
      capabilities: { contextLength: 4000 },
    })
    const driven = await drive({
      model: scripted,
      request: { messages: [...old, user('And now?')] },
    })
    expect(driven.text).toBe('All done.')
    const last = scripted.requests[1]?.messages.at(-1)
    expect(last?.content).toMatch(/They talked\..*And now\?$/s)
    expect(driven.end.modelCalls).toBe(2)
  })
})

test('chat passes on what the model says, and calls to the caller', async () => {
  const request = { tools: [{ type: 'function', function: { name: 'f' } }] }
  const scripted = scriptedModel([
    { text: 'Hm. <tool_call>', calls: [{ name: 'f', args: { x: 1 } }] },
  ])
  const driven = await drive({ agent: 'chat', model: scripted, request })
  expect(driven.text).toBe('Hm. <tool_call>')
  expect(driven.end).toMatchObject({
    stopReason: 'caller_tools',
    finishReason: 'tool_calls',
    modelCalls: 1,
  })
  expect(scripted.requests[0]?.messages).toHaveLength(1)
})

test('a run says who it is', async () => {
  const driven = await drive({ model: scriptedModel([done], { id: 'm' }) })
  const expected: AgentEvent = {
    type: 'run-start',
    runId: 'run-1',
    agent: 'react',
    model: 'scripted/m',
  }
  expect(driven.events[0]).toEqual(expected)
})
