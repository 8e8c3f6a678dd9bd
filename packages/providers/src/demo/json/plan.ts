import { bare, capitalised, toStages } from '../clauses.ts'

export interface PlanTask {
  id: string
  text: string
  /** Ids of the tasks that must be done before this one. */
  dependsOn: string[]
}

export function isPlanName(name: string): boolean {
  return /^(?:(?:plan|sub)[ _-]?)?(?:steps?|tasks?|plan|to-?dos?|actions|milestones)$/i.test(name)
}

/** One task a clause; each stage waits for the one before it. */
export function planFrom(text: string): PlanTask[] {
  const tasks: PlanTask[] = []
  let before: string[] = []
  for (const clauses of toStages(subjectOf(text))) {
    const stage = clauses.map((clause, index) => ({
      id: String(tasks.length + index + 1),
      text: capitalised(bare(clause) || clause),
      dependsOn: before,
    }))
    tasks.push(...stage)
    before = stage.map(({ id }) => id)
  }
  return tasks
}

const labelled =
  /^[#*\s]*(?:(?:current|your|this|the|user['’]?s?|overall)\s+){0,2}(step|task|goal|request|question|objective|query)(?: \d+(?: of \d+)?)?[*\s]*:[*\s]*(\S[^\n]*(?:\n(?!\s*\n|[#*\s]*[A-Z][\w ]{0,30}:)[^\n]+)*)/gim
const wrapper =
  /^(?:please )?(?:make|create|write|draw up|give me|prepare|devise) (?:me )?(?:an? |the )?(?:\w+ )?plan (?:to|for|that|of how to|how to)?:?\s+/i

/** What a prompt is really about: what it labels as the step, the task or the goal, without "make a plan to". */
export function subjectOf(text: string): string {
  const found = [...text.slice(0, 20_000).matchAll(labelled)]
  const step = found.findLast(([, label]) => label?.toLowerCase() === 'step')
  const subject = (step ?? found.at(-1))?.[2] ?? text
  return subject.trim().replace(wrapper, '')
}
