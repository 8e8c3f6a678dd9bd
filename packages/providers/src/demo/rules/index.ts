import { topicOf, toClauses } from '../clauses.ts'
import type { Conversation } from '../conversation.ts'
import { phrases } from '../data/phrases.ts'
import { say } from '../say.ts'
import { answerArithmetic } from './arithmetic.ts'
import { answerFromAttachments } from './attachments.ts'
import { answerCounting } from './counting.ts'
import {
  answerGoodbye,
  answerGreeting,
  answerPing,
  answerThanks,
  answerWellbeing,
} from './courtesy.ts'
import { echoClause, echoMessage } from './echo.ts'
import { answerHelp, answerIdentity } from './identity.ts'
import { describeImages } from './images.ts'
import { writeLongText } from './long-text.ts'
import { answerFromMemory, noteFact } from './memory.ts'
import { explainMissingTool } from './missing-tool.ts'
import { tellPiece } from './pieces.ts'
import { answerWithProgram } from './program.ts'
import type { Rule } from './rule.ts'
import { translate } from './translation.ts'

/** Rules for a message as a whole, in reading order: the first that answers is taken. */
const messageRules: readonly Rule[] = [
  describeImages,
  answerFromAttachments,
  echoMessage,
  writeLongText,
]

/** Rules for one clause of a message, in reading order: the first that answers is taken. */
const clauseRules: readonly Rule[] = [
  answerGreeting,
  answerWellbeing,
  answerThanks,
  answerGoodbye,
  answerPing,
  answerIdentity,
  answerHelp,
  translate,
  echoClause,
  answerCounting,
  answerArithmetic,
  answerFromMemory,
  answerWithProgram,
  tellPiece,
  explainMissingTool,
  noteFact,
]

/** What the rules say to the user's message, in words. Never empty. */
export function answerMessage(conversation: Conversation): string {
  const { ask } = conversation
  const whole = answerWhole(conversation)
  if (whole !== undefined) return whole
  const answers: string[] = []
  for (const clause of toClauses(ask)) {
    const previous = answers.at(-1) ?? conversation.previous
    const answer = answerClause(clause, { ...conversation, previous })
    if (answer !== undefined) answers.push(answer)
  }
  if (answers.length > 0)
    return answers.join(answers.some((text) => text.includes('\n')) ? '\n\n' : ' ')
  return ask === '' ? phrases.empty : say(phrases.fallback, { topic: topicOf(ask) })
}

/** An answer to the message as one, whatever clauses it has: "repeat after me: …". */
export function answerWhole(conversation: Conversation): string | undefined {
  return firstAnswer(messageRules, conversation.ask, conversation)
}

export function answerClause(clause: string, conversation: Conversation): string | undefined {
  return firstAnswer(clauseRules, clause, conversation)
}

function firstAnswer(
  rules: readonly Rule[],
  text: string,
  conversation: Conversation,
): string | undefined {
  for (const rule of rules) {
    const answer = rule(text, conversation)
    if (answer !== undefined) return answer
  }
  return undefined
}
