/** The built-in demo model drives all agents, so that they can be seen at work without a key. */
import { expect, test } from '@jest/globals'
import { createDemoProvider } from '@tandem/providers'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'
import { drive, eventsOf, type DriveOptions } from './support/drive.ts'
import { testTools } from './support/tools.ts'

const traits = { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 5000 }
const model = createDemoProvider().model('assistant')

function tool(name: string, argument: string, answer: (given: string) => string): Tool {
  return defineTool({
    name,
    description: `The tool ${name}.`,
    schema: z.object({ [argument]: z.string() }),
    traits,
    run: (args) => textResult(answer(String(args[argument]))),
  }) as Tool
}

const tools = [
  tool('python_coder', 'code', (code) => (code.includes('50') ? '12586269025' : code)),
  tool('websearch', 'query', (query) => `1. ${query}: 8849 m`),
  tool('calculator', 'expression', (formula) => (formula === '8849 * 2' ? '17698' : '345')),
]

function ask(agent: DriveOptions['agent'], request: string, deps: DriveOptions['deps'] = {}) {
  const options = { agent, ask: request, deps, model, tools: { ...testTools(), tools } }
  return drive(options)
}

test('auto runs Python where it is asked for', async () => {
  const driven = await ask('auto', 'What is the 50th Fibonacci number? Use Python.')
  expect(driven.text).toBe('The program printed: 12586269025.')
  expect(eventsOf(driven, 'tool-start').map((event) => event.tool)).toEqual(['python_coder'])
})

test('auto chats where nothing has to be done', async () => {
  const driven = await ask('auto', 'Tell me a joke.')
  expect(driven.end).toMatchObject({ modelCalls: 1, toolCalls: 0 })
})

test('plan and execute: steps build on each other, the answer tells what they brought', async () => {
  const driven = await ask(
    'plan_execute',
    'Search for the height of Mount Everest, then multiply it by 2',
  )
  expect(
    eventsOf(driven, 'plan')
      .at(-1)
      ?.steps.map(({ status }) => status),
  ).toEqual(['done', 'done'])
  expect(driven.text).toContain('8849 * 2 = 17698')
  expect(driven.text).not.toContain('run_step')
})
