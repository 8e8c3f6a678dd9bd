import type { ApprovalPolicy } from '@tandem/agents'
import type { AgentOptions } from './agent-options.ts'

export type Verdict = ReturnType<ApprovalPolicy>

/** By tool; `*` is all others. */
export type ToolVerdicts = Readonly<Record<string, Verdict>>

const strictness: Record<Verdict, number> = { allow: 0, ask: 1, deny: 2 }

/** The operator's word and the request's: the stricter one holds, so that no caller can allow itself more. */
export function createApprovalPolicy(
  operators: ToolVerdicts,
  { approval }: Pick<AgentOptions, 'approval'> = {},
): (tool: string) => Verdict {
  const requests = typeof approval === 'string' ? { '*': approval } : (approval ?? {})
  return (tool) => {
    const [one, other] = [verdictOf(operators, tool), verdictOf(requests, tool)]
    return strictness[one] > strictness[other] ? one : other
  }
}

/** The tools that a request's rules name. */
export function ruledTools({ approval }: Pick<AgentOptions, 'approval'>): string[] {
  const names = typeof approval === 'string' ? [] : Object.keys(approval ?? {})
  return names.filter((name) => name !== '*')
}

function verdictOf(verdicts: ToolVerdicts, tool: string): Verdict {
  const named = Object.hasOwn(verdicts, tool) ? verdicts[tool] : verdicts['*']
  return named ?? 'allow'
}
