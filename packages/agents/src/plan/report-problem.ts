import { defineTool, textResult, type Tool } from '@tandem/tools'
import { z } from 'zod'

export const reportName = 'report_problem'

const problemSchema = z.object({
  problem: z.string().describe('What is in the way, and what would have to be done instead.'),
})
export type Problem = z.output<typeof problemSchema>

/** The executor's way to say that the plan is wrong. */
export function createReportProblem(description: string): Tool {
  return defineTool({
    name: reportName,
    description: description.trim(),
    schema: problemSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 },
    run: () => textResult('Accepted.'),
  }) as Tool
}
