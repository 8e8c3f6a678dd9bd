import { expect, it } from '@jest/globals'
import pino from 'pino'
import { createToolNameCheck } from './check-tool-names.ts'

function check(settings: Omit<Parameters<typeof createToolNameCheck>[0], 'supervised'>) {
  const printed: string[] = []
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { base: undefined },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  )
  const checkNames = createToolNameCheck(
    { ...settings, supervised: true },
    logger,
    (text) => void printed.push(text),
  )
  const tools = [{ name: 'websearch' }, { name: 'python_coder' }]
  checkNames(tools)
  checkNames(tools)
  return { lines, printed }
}

it('a slip in a setting is told once, with the names that are known', () => {
  const { lines, printed } = check({
    toolApproval: { 'python-coder': 'ask', websearch: 'deny', '*': 'allow' },
    toolModels: { web_search: 'p/m' },
  })
  const known = ['python_coder', 'websearch']
  expect(lines).toMatchObject([
    { level: 40, setting: 'TOOL_APPROVAL', unknown: ['python-coder'], known },
    { level: 40, setting: 'TOOL_MODELS', unknown: ['web_search'], known },
  ])
  expect(lines).toHaveLength(2)
  expect(printed).toEqual([
    "Warning: TOOL_APPROVAL names 'python-coder', and no tool is called so. The tools are python_coder, websearch.\n",
    "Warning: TOOL_MODELS names 'web_search', and no tool is called so. The tools are python_coder, websearch.\n",
  ])
})

it('names that are right, and the one for all others, are nothing to tell of', () => {
  const settings = {
    toolApproval: { '*': 'ask', websearch: 'deny' },
    toolModels: undefined,
  } as const
  expect(check(settings)).toEqual({ lines: [], printed: [] })
})
