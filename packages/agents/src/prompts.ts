/** The texts in `prompts/agents/<name>.md`. The app loads them; this package never touches a disk. */
export const agentPromptNames = [
  'react',
  'call-syntax',
  'last-answer',
  'say-something',
  'composed-answer',
  'approval-question',
  'create-plan',
  'planner',
  'replan',
  'step',
  'report-problem',
  'synthesis',
  'summary',
] as const
export type AgentPromptName = (typeof agentPromptNames)[number]
export type AgentPrompts = Readonly<Record<AgentPromptName, string>>

/** Puts values in place of a prompt's `{{names}}`; a name without a value leaves nothing. */
export function fillPrompt(prompt: string, values: Readonly<Record<string, string>>): string {
  return prompt.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '').trim()
}
