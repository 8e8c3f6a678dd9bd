import { topicOf } from '../clauses.ts'
import type { Conversation } from '../conversation.ts'
import { spokenName, wordsOf } from '../json/said.ts'
import { requests } from '../requests.ts'
import { answerClause } from '../rules/index.ts'
import { searchWords } from '../search-words.ts'
import { toArguments } from './arguments.ts'
import type { OfferedTool } from './offered.ts'
import { anyWish, order, wishes, type Wish } from './wishes.ts'

export interface PlannedCall {
  name: string
  /** JSON. */
  arguments: string
}

type Chooser = (
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
) => PlannedCall | undefined

/** Ways to come from a clause to a call, in reading order: the first that finds one is taken. */
const choosers: readonly Chooser[] = [named, inPython, bySkill, byWords, byCuriosity]

export function chooseCall(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  for (const choose of choosers) {
    const call = choose(clause, tools, conversation)
    if (call) return call
  }
  return undefined
}

/** A call of one of the tools, whatever the clause is about. */
export function forceCall(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  const [tool] = tools.toSorted((a, b) => commonWords(b, clause) - commonWords(a, clause))
  if (!tool) return undefined
  return toCall(
    tool,
    clause,
    wishes[tool.skill](clause, conversation) ?? anyWish(tool.skill, clause),
  )
}

function toCall(tool: OfferedTool, clause: string, wish: Wish): PlannedCall {
  return { name: tool.name, arguments: toArguments(tool, wish, clause) }
}

/** "Call foo_bar with x=1", "use the calculator to …". What needs code or a formula is not called without one. */
function named(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  const tool = tools.find(({ name }) => isNamed(name, clause))
  if (!tool) return undefined
  const wish = wishes[tool.skill](clause, conversation)
  if (wish) return toCall(tool, clause, wish)
  const needsMore = ['python', 'calculator', 'weather', 'attachments'].includes(tool.skill)
  return needsMore
    ? undefined
    : toCall(tool, withoutName(clause, tool.name), anyWish(tool.skill, clause))
}

function isNamed(name: string, clause: string): boolean {
  const spoken = spokenName(name)
  if (spoken === '') return false
  const bounded = String.raw`(?<![\p{L}\d])${spoken}(?![\p{L}\d])`
  const asked = String.raw`\b(?:use|using|call|run|invoke|with|via)\s+(?:the |your |a )?[^\p{L}\d\s]?${bounded}|${bounded}[^\p{L}\d\s]?\s+(?:tool|function)\b`
  return new RegExp(wordsOf(name).length > 1 ? bounded : asked, 'iu').test(clause)
}

function withoutName(clause: string, name: string): string {
  const command = String.raw`(?:(?:use|using|call|run|invoke)\s+)?(?:the |your |a )?[^\p{L}\d\s]?${spokenName(name)}[^\p{L}\d\s]?(?:\s+(?:tool|function))?\s*(?:with|to|for|on|and)?\s*`
  return clause.replace(new RegExp(command, 'iu'), '').trim() || clause
}

/** "Use Python": even where a calculator could do it. */
function inPython(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  const tool = tools.find(({ skill }) => skill === 'python')
  if (!tool || !requests.python.test(clause)) return undefined
  const wish = wishes.python(clause, conversation)
  return wish && toCall(tool, clause, wish)
}

function bySkill(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  for (const skill of order) {
    const tool = tools.find((offered) => offered.skill === skill)
    const wish = tool && wishes[skill](clause, conversation)
    if (tool && wish) return toCall(tool, clause, wish)
  }
  return undefined
}

const emptyWords = new Set(
  'a an and by do fetch for get make my of run the to tool function'.split(' '),
)

/** "Send an email to Bob" is for `send_email`: all words of a name that mean something are in the clause. */
function byWords(clause: string, tools: readonly OfferedTool[]): PlannedCall | undefined {
  const fitting = tools.filter((tool) => {
    const words = tellingWords(tool)
    return tool.skill === 'other' && words.length > 0 && commonWords(tool, clause) === words.length
  })
  const [tool] = fitting.toSorted((a, b) => tellingWords(b).length - tellingWords(a).length)
  return tool && toCall(tool, clause, {})
}

function tellingWords({ name }: OfferedTool): string[] {
  return wordsOf(name).filter((word) => !emptyWords.has(word))
}

function commonWords(tool: OfferedTool, clause: string): number {
  const said = new Set(wordsOf(clause).map(stem))
  return tellingWords(tool).filter((word) => said.has(stem(word))).length
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ies|es|s|ing|ed|e|y)$/, '') : word
}

const question = /^(?:what|who|when|where|which|how|why|is|are|does|did|was|were)\b|\?\s*$/i

/** A question that no rule can answer is worth a search. */
function byCuriosity(
  clause: string,
  tools: readonly OfferedTool[],
  conversation: Conversation,
): PlannedCall | undefined {
  const tool =
    tools.find(({ skill }) => skill === 'search') ??
    tools.find(({ skill }) => skill === 'documents')
  if (!tool || !question.test(clause) || /\byou\b/i.test(clause)) return undefined
  if (answerClause(clause, conversation) !== undefined) return undefined
  return toCall(tool, clause, { query: searchWords(clause) || topicOf(clause) })
}
