import { expect, it } from '@jest/globals'
import pino from 'pino'
import { createToolNameCheck } from './check-tool-names.ts'

function check(settings: Parameters<typeof createToolNameCheck>[0]) {
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { base: undefined },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  )
  const checkNames = createToolNameCheck(settings, logger)
  const tools = [{ name: 'websearch' }, { name: 'python_coder' }]
  checkNames(tools)
  checkNames(tools)
  return lines
}

it('a slip in a setting is told once, with the names that are known', () => {
  const lines = check({
    toolApproval: { 'python-coder': 'ask', websearch: 'deny', '*': 'allow' },
    toolModels: { web_search: 'p/m' },
  })
  const known = ['python_coder', 'websearch']
  expect(lines).toMatchObject([
    { level: 40, setting: 'TOOL_APPROVAL', unknown: ['python-coder'], known },
    { level: 40, setting: 'TOOL_MODELS', unknown: ['web_search'], known },
  ])
  expect(lines).toHaveLength(2)
})

it('names that are right, and the one for all others, are nothing to tell of', () => {
  expect(check({ toolApproval: { '*': 'ask', websearch: 'deny' }, toolModels: undefined })).toEqual(
    [],
  )
})
