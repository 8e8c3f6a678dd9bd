import { z } from 'zod'
import type { ToolResult } from '@tandem/schemas'
import { defineTool, errorResult, textResult, type Tool } from '@tandem/tools'
import type { ToolDeps } from '../tool-deps.ts'
import { CalculationError } from './calculation-error.ts'
import { evaluate } from './evaluate.ts'
import { formatValue, toData } from './format.ts'

const schema = z.object({
  expression: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      'The arithmetic expression, such as (1250 * 1.19 - 80) / 12 or sqrt(2) * sin(30 deg).',
    ),
})

/** Arithmetic on numbers of 80 digits, without eval. */
export function createCalculator({ describe }: ToolDeps): Tool {
  return defineTool({
    name: 'calculator',
    description: describe('calculator'),
    schema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 2_000 },
    run: ({ expression }) => calculate(expression),
  })
}

/** Lines are joined, so that the answer is one line as well. */
function calculate(given: string): ToolResult {
  const expression = given.trim().replaceAll(/\s+/g, ' ')
  try {
    const { text, isExact } = formatValue(evaluate(expression))
    return textResult(`${expression} ${isExact ? '=' : '≈'} ${text}`, {
      data: { expression, value: toData(text) },
    })
  } catch (error) {
    if (!(error instanceof CalculationError)) throw error
    return errorResult(error.code, error.message)
  }
}
