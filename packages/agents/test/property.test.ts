/** Any sequence of replies ends: within the budgets, with a valid history and one clean end. */
import { expect, test } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import * as fc from 'fast-check'
import { agentPromptNames } from '../src/index.ts'
import { drive, textOf } from './support/drive.ts'
import { reply } from './support/random-replies.ts'
import { scriptedModel } from './support/scripted-model.ts'

const runs = 250

test('any sequence of replies ends well', async () => {
  expect(agentPromptNames.length).toBeGreaterThan(0)
  await fc.assert(
    fc.asyncProperty(
      fc.array(reply, { minLength: 1, maxLength: 14 }),
      fc.constantFrom('react' as const, 'plan_execute' as const, 'auto' as const),
      fc.constantFrom('native' as const, 'prompted' as const),
      fc.constantFrom(1, 7, 1000),
      fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
      // oxlint-disable-next-line max-params
      async (script, agent, tools, piece, policy) => {
        const limits = { iterations: 5, toolCalls: 12, modelCalls: 20, stepIterations: 3 }
        const model = scriptedModel(script, { piece, capabilities: { tools } })
        // `drive` checks events and histories.
        const driven = await drive({
          agent,
          model,
          ask: 'Write about A and B',
          deps: { approval: (tool) => (tool.name === 'write_file' ? policy : 'allow') },
          request: {
            tools: [
              { type: 'function', function: { name: 'ask_user', parameters: { type: 'object' } } },
            ],
          },
          run: { limits },
        })
        const { end, error } = driven
        expect(end.toolCalls).toBeLessThanOrEqual(limits.toolCalls)
        // Each loop that was going when the budget was spent has its last answer, and so has the run.
        expect(end.modelCalls).toBeLessThanOrEqual(limits.modelCalls + 12)
        if (error) expect(error).toBeInstanceOf(AppError)
        const answered =
          textOf(driven.events).trim() !== '' || error !== undefined || end.finishReason !== 'stop'
        expect(answered).toBe(true)
        expect(end.finishReason === 'tool_calls').toBe(end.stopReason === 'caller_tools')
      },
    ),
    { numRuns: runs, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  )
}, 120_000)
