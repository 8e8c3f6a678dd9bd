/** Replies of a model that does anything that models do, and more. */
import { AppError } from '@tandem/schemas'
import * as fc from 'fast-check'
import type { ScriptedReply } from './scripted-model.ts'

const names = fc.constantFrom(
  'add',
  'web_search',
  'write_file',
  'flaky',
  'says',
  'kaput',
  'keyless',
  'ask_user',
  'create_plan',
  'report_problem',
  'Web-Search',
  'nope',
  '',
  'a b"c',
  '__proto__',
  'constructor',
)
const args = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    '{}',
    '{"a":1}',
    { a: 1 },
    { a: '2', b: null },
    { query: 'x' },
    { query: 'x', sites: 'y' },
    { name: 'f', content: 'c' },
    { what: 'binary' },
    '{"query": "half',
    "{'a': 1}",
    'null',
    '[]',
    '7',
    { steps: [{ task: 'A' }, { task: 'B', depends_on: ['1'] }] },
    { problem: 'x' },
    '{"__proto__":{"a":1}}',
  ),
  fc.json(),
  fc.string(),
)
const call = fc.record({ name: names, args, id: fc.constantFrom('', 'c1', 'c2', 'weird id!') })
const fragments = fc.constantFrom(
  'Hello. ',
  '\n',
  '```',
  '```tool_call\n',
  '{"name": "add", "arguments": {"a": 1}}',
  '\n```\n',
  '<tool_call>',
  '</tool_call>',
  '[TOOL_CALLS]',
  'Action: add\n',
  'Action Input: {"a": 2}',
  '\nObservation: 3',
  '`',
  '{',
  '<',
  '[',
  '{"steps":[{"task":"A"},{"task":"B","depends_on":["1"]}]}',
  '<function=add>',
  '1. Do A\n2. Do B\n',
  '~~~',
  '**',
)
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragments }, fc.string()), { maxLength: 6 })
  .map((parts) => parts.join(''))
const errors = fc.constantFrom(
  new AppError('upstream_error'),
  new AppError('upstream_interrupted', { spent: true }),
  new AppError('context_length_exceeded'),
  new AppError('rate_limit_exceeded'),
  new AppError('invalid_request', { message: 'This model does not support tools' }),
)
export const reply: fc.Arbitrary<ScriptedReply> = fc.record(
  {
    text: fc.oneof(fc.constant(''), text),
    reasoning: fc.constantFrom('', 'hm'),
    calls: fc.array(call, { maxLength: 5 }),
    finish: fc.constantFrom(
      'stop' as const,
      'length' as const,
      'tool_calls' as const,
      'content_filter' as const,
    ),
    error: errors,
    late: fc.boolean(),
  },
  { requiredKeys: ['text'] },
)
