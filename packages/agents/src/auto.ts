import type { AgentEvent } from '@tandem/schemas'
import { defineTool, textResult, type Tool } from '@tandem/tools'
import type { z } from 'zod'
import { createAgent, type Choice, type Outcome } from './agent.ts'
import { ruleFor, type Rule } from './auto-rules.ts'
import { chatBody } from './chat.ts'
import { planExecuteBody, runDraft } from './plan-execute.ts'
import { draftSchema } from './plan/draft.ts'
import { tellFindings } from './plan/findings.ts'
import { createPlan } from './plan/plan.ts'
import { goalOf } from './plan/planner.ts'
import { react, reactBody } from './react.ts'
import type { RunState } from './run-state.ts'

/**
 * Rules first; where they say nothing it starts as ReAct with a tool that makes a plan. A ReAct run that calls nothing is
 * a chat, so a simple question costs no extra model call.
 */
export const auto = createAgent((state) => resumedChoice(state) ?? toChoice(ruleFor(state)))

const bodies = { chat: chatBody, react: reactBody, plan_execute: planExecuteBody }

function toChoice(rule: Rule | undefined): Choice {
  if (rule) return { name: rule.agent, why: rule.why, body: bodies[rule.agent] }
  const why = 'No rule decides: it starts with tools at hand and plans if it has to.'
  return { name: 'react', why, body: reactOrPlan }
}

function resumedChoice({ run: { resume } }: RunState): Choice | undefined {
  if (!resume) return undefined
  const planned = resume.events.some(({ type }) => type === 'plan')
  const name = planned ? 'plan_execute' : 'react'
  return { name, why: 'It goes on as it was.', body: planned ? planExecuteBody : reactOrPlan }
}

async function* reactOrPlan(state: RunState): AsyncGenerator<AgentEvent, Outcome> {
  const past: AgentEvent[] = [...(state.run.resume?.events ?? [])]
  const outcome = yield* listen(react(state, { exits: [createPlanTool(state)] }), past)
  if (!outcome.exit) return outcome
  const { steps } = outcome.exit.args as z.output<typeof draftSchema>
  const plan = createPlan(goalOf(state.run.request.messages), tellFindings(past))
  return yield* runDraft(state, steps, { plan, past })
}

/** Keeps what happened before there was a plan: its steps need not find out again what tools returned. */
async function* listen<Result>(
  events: AsyncGenerator<AgentEvent, Result>,
  heard: AgentEvent[],
): AsyncGenerator<AgentEvent, Result> {
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    heard.push(next.value)
    yield next.value
  }
}

function createPlanTool({ deps }: RunState): Tool {
  return defineTool({
    name: 'create_plan',
    description: deps.prompts['create-plan'].trim(),
    schema: draftSchema,
    traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 },
    run: () => textResult('Accepted.'),
  }) as Tool
}
