import { unpunctuated } from '../clauses.ts'
import { phrases } from '../data/phrases.ts'
import { roleOf } from '../system.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

const aboutYou =
  /\b(?:who|what)(?: exactly)? are you\b|\bwhat(?:['’]?s| is) your (?:name|role|job|purpose)\b|\bintroduce yourself\b|\babout yourself\b|\bare you (?:an? |the )?(?:real|human|person|robot|bot|ai|chat ?gpt|gpt|llm|language model|demo|claude|machine)\b|\b(?:which|what) (?:\w+ )?model (?:are|is)\b|\bwho (?:made|built|created) you\b|\bconnect (?:to )?a real(?: language)? model\b/i

export const answerIdentity: Rule = (clause, { system }) => {
  if (!aboutYou.test(clause)) return undefined
  const role = roleOf(system)
  const given = role ? [say(phrases.role, { role })] : []
  return [phrases.identity, ...given, phrases.connect].join(' ')
}

const helpWanted =
  /^\/?help(?: me)?$|\bwhat (?:else )?(?:can|could) (?:you|i) (?:do|ask)\b|\bwhat are you able to\b|\bhow (?:can|do) (?:you help|i use you|you work)\b|\byour (?:abilities|capabilities|features)\b/i

export const answerHelp: Rule = (clause) =>
  helpWanted.test(unpunctuated(clause)) ? phrases.help : undefined
