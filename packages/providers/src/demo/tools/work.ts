import { isDeepStrictEqual } from 'node:util'
import { toStages } from '../clauses.ts'
import type { Conversation, Outcome } from '../conversation.ts'
import { subjectOf } from '../json/plan.ts'
import { chooseCall, type PlannedCall } from './choose.ts'
import type { OfferedTool } from './offered.ts'

/** One clause, the call that it needs and what came of it. */
export interface Task {
  clause: string
  call?: PlannedCall | undefined
  outcome?: Outcome | undefined
}

export interface Work {
  /** What is to be called now; none once all is done. */
  calls: PlannedCall[]
  tasks: Task[]
  /** Results of calls that we would not have made ourselves. */
  unclaimed: Outcome[]
}

/** Holds what the user wants against what was called already: stage by stage, for later ones may need earlier results. */
export function planWork(conversation: Conversation, tools: readonly OfferedTool[]): Work {
  const claims = createClaims(conversation.outcomes)
  const tasks: Task[] = []
  let { previous } = conversation
  for (const clauses of toStages(subjectOf(conversation.ask))) {
    const stage = clauses.map((clause) => {
      const call = chooseCall(clause, tools, { ...conversation, previous })
      return { clause, call, outcome: call && claims.take(call) }
    })
    tasks.push(...stage)
    const open = stage.flatMap(({ call, outcome }) => (call && !outcome ? [call] : []))
    if (open.length > 0) return { calls: withoutRepeats(open), tasks, unclaimed: [] }
    previous = stage.findLast(({ outcome }) => outcome)?.outcome?.content ?? previous
  }
  return { calls: [], tasks, unclaimed: claims.rest() }
}

interface Claims {
  /** The outcome of this very call, else of one with the same tool whose arguments were repaired on the way. */
  take(call: PlannedCall): Outcome | undefined
  rest(): Outcome[]
}

function createClaims(outcomes: readonly Outcome[]): Claims {
  const free = new Set(outcomes)
  return {
    take(call) {
      const sameTool = outcomes.filter(({ name }) => name === call.name)
      const same = sameTool.find((outcome) => isSameCall(outcome, call))
      const found = same ?? sameTool.find((outcome) => free.has(outcome))
      if (found) free.delete(found)
      return found
    },
    rest: () => [...free],
  }
}

function withoutRepeats(calls: readonly PlannedCall[]): PlannedCall[] {
  return calls.filter(
    (call, index) => calls.findIndex((other) => isSameCall(other, call)) === index,
  )
}

function isSameCall(a: PlannedCall, b: PlannedCall): boolean {
  return a.name === b.name && isDeepStrictEqual(parsed(a.arguments), parsed(b.arguments))
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    if (cause instanceof SyntaxError) return json
    throw cause
  }
}
