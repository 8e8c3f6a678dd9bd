import { phrases } from '../data/phrases.ts'
import { writeProgram } from '../python/programs.ts'
import { requests } from '../requests.ts'
import type { Rule } from './rule.ts'

/** "Write a Python program that …", where there is no tool to run it. */
export const answerWithProgram: Rule = (clause, { previous }) => {
  if (!requests.python.test(clause)) return undefined
  const code = writeProgram(clause, previous)
  return code ? `\`\`\`python\n${code}\n\`\`\`` : phrases.noProgram
}
