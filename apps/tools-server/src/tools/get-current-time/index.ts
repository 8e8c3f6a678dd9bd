import { z } from 'zod'
import { defineTool, errorResult, textResult, type Tool } from '@tandem/tools'
import type { ToolDeps } from '../tool-deps.ts'
import { timeIn } from './time-in.ts'

const schema = z.object({
  timezone: z
    .string()
    .max(64)
    .optional()
    .describe('IANA name of the time zone, such as Europe/Berlin. UTC where it is left out.'),
})

export function createGetCurrentTime({ describe, now }: ToolDeps): Tool {
  return defineTool({
    name: 'get_current_time',
    description: describe('get_current_time'),
    schema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 2_000 },
    run({ timezone = 'UTC' }) {
      const time = timeIn(timezone, new Date(now()))
      if (time) return textResult(`${time.text} (${time.iso})`, { data: time })
      return errorResult(
        'invalid_timezone',
        `There is no time zone '${timezone}'. Use an IANA name, such as Europe/Berlin, America/New_York or UTC.`,
      )
    },
  })
}
