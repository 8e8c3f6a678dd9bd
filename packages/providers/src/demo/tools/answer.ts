import { clip, unpunctuated } from '../clauses.ts'
import type { Conversation, Outcome } from '../conversation.ts'
import { phrases } from '../data/phrases.ts'
import { isObject } from '../json/schema.ts'
import { answerClause } from '../rules/index.ts'
import { say } from '../say.ts'
import type { OfferedTool } from './offered.ts'
import { quotePassages } from './passages.ts'
import { skillOf } from './skills.ts'
import type { Work } from './work.ts'

const longestQuote = 1200

/**
 * What the tools brought, in the order in which it was asked for; what needed no tool in between. The steps of a plan
 * brought sentences of our own already.
 */
export function answerFromOutcomes(
  { tasks, unclaimed }: Work,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): string {
  const steps = unclaimed.filter(({ name }) => name === 'run_step')
  if (steps.length > 0) return joined(steps.map(({ content }) => content.trim()))
  let { previous } = conversation
  const answers = tasks.flatMap(({ clause, outcome }) => {
    if (outcome) previous = outcome.content
    const answer = outcome
      ? sentenceFor(outcome, tools)
      : answerClause(clause, { ...conversation, previous })
    return answer ?? []
  })
  return joined([...answers, ...unclaimed.map((outcome) => sentenceFor(outcome, tools))])
}

function joined(answers: readonly string[]): string {
  const distinct = [...new Set(answers)]
  return distinct.join(distinct.some((text) => text.includes('\n')) ? '\n\n' : ' ')
}

function sentenceFor(outcome: Outcome, tools: readonly OfferedTool[]): string {
  const tool = outcome.name
  const { text, failed } = read(outcome.content)
  const content = clip(text, longestQuote)
  if (failed)
    return withFullStop(
      say(phrases.toolFailed, { tool, content: content.replace(/^error:\s*/i, '') }),
    )
  if (content === '') return say(phrases.toolEmpty, { tool })
  const skill = tools.find(({ name }) => name === tool)?.skill ?? skillOf(tool)
  if (skill === 'calculator') return calculated(outcome, content)
  if (skill === 'python') return reported(phrases.toolAnswer.python, tool, printed(content))
  const quoted = skill === 'documents' ? quotePassages(text, queryOf(outcome)) : undefined
  if (quoted !== undefined) return say(phrases.toolAnswer.documents, { tool, content: quoted })
  return reported(phrases.toolAnswer[skill], tool, content)
}

/** `python_coder` names the parts of its result; the first one's name is in our sentence already. */
function printed(content: string): string {
  return content.replace(/^Output:\n/, '')
}

/** A calculator that returns no number tells why. */
function calculated(outcome: Outcome, content: string): string {
  if (!/^-?[\d.,e+ ]+$/i.test(content)) {
    return reported(phrases.toolAnswer.other, outcome.name, content)
  }
  const formula = formulaOf(outcome)
  const phrase = formula === undefined ? phrases.toolAnswer.calculator : phrases.sum
  return say(phrase, { formula: formula ?? '', value: content, content })
}

/** In one line where it fits into one. */
function reported(phrase: string, tool: string, content: string): string {
  const isLong = content.includes('\n') || content.length > 160
  if (!isLong) return withFullStop(say(phrase, { tool, content: unpunctuated(content) }))
  return say(phrase.replace(/ \{content\}\.?/, '\n{content}'), { tool, content })
}

function withFullStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

function formulaOf({ arguments: json }: Outcome): string | undefined {
  const found = asObject(json)?.['expression']
  return typeof found === 'string' ? found : undefined
}

function queryOf({ arguments: json }: Outcome): string {
  const found = asObject(json)?.['query']
  return typeof found === 'string' ? found : ''
}

const resultKeys = [
  'result',
  'answer',
  'output',
  'stdout',
  'value',
  'content',
  'text',
  'summary',
  'message',
]

/** Tools answer in words or in JSON; a failure says so in either. */
function read(content: string): { text: string; failed: boolean } {
  const object = asObject(content)
  if (!object)
    return {
      text: content.trim(),
      failed: /^(?:\w*error|failed|failure|exception|traceback)\b/i.test(content),
    }
  const error = object['error']
  if (error !== undefined && error !== null && error !== false) {
    return { text: worded(isObject(error) ? (error['message'] ?? error) : error), failed: true }
  }
  const key = resultKeys.find((name) => !['undefined', 'object'].includes(typeof object[name]))
  return { text: key ? worded(object[key]) : content.trim(), failed: false }
}

function worded(value: unknown): string {
  return typeof value === 'string' ? value.trim() : JSON.stringify(value)
}

function asObject(json: string): Record<string, unknown> | undefined {
  if (!json.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    throw cause
  }
}
