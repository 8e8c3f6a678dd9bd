import { toClauses, unpunctuated } from '../clauses.ts'
import { phrases } from '../data/phrases.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

interface Fact {
  key: string
  value: string
}

/** How people tell about themselves; a fixed key where the words do not name one. */
const statements: readonly { said: RegExp; key?: string }[] = [
  {
    said: /\b(?:call me|i am called|i['’]m called|i go by)\s+(?<value>\p{Lu}[\p{L}'’ -]{0,40})/u,
    key: 'name',
  },
  {
    said: /^(?:hi|hello|hey)?[,! ]*(?:i am|i['’]m|I am|I['’]m)\s+(?<value>\p{Lu}\p{L}+)$/u,
    key: 'name',
  },
  { said: /\bI(?: am|['’]m)\s+(?<value>\d{1,3})(?: years? old)?$/i, key: 'age' },
  { said: /\bI live in\s+(?<value>[^.,!?;]{1,60})/i, key: 'home' },
  {
    said: /\bI (?:really )?(?:like|love|enjoy)\s+(?!you\b|this\b|it\b|that\b)(?<value>[^.,!?;]{1,60})/i,
    key: 'liking',
  },
  {
    said: /\b(?:my|the user['’]?s|user['’]?s)\s+(?<key>[\p{L}][\p{L} ]{0,40}?)\s+(?:is|are|was|=)\s+(?<value>[^!?;\n]{1,100})/iu,
  },
  {
    said: /\bremember (?:that |this: )?(?:the |a )?(?<key>\p{L}[\p{L} ]{0,40}?)\s+(?:is|are|was|=)\s+(?<value>[^!?;\n]{1,100})/iu,
  },
]

const isQuestion =
  /^(?:what|who|where|when|which|why|how|do|does|did|is|are|can|could|guess)\b|\?\s*$/i

/** What a clause tells; undefined for a question. */
function factOf(clause: string): Fact | undefined {
  const text = unpunctuated(clause)
  if (isQuestion.test(clause)) return undefined
  for (const { said, key } of statements) {
    const found = said.exec(text)?.groups
    if (found?.['value']) {
      return { key: normal(key ?? found['key'] ?? ''), value: unpunctuated(found['value']) }
    }
  }
  return undefined
}

/** All that was told so far, what was said last winning. */
function factsOf(texts: readonly string[]): Map<string, string> {
  const facts = texts.flatMap((text) => toClauses(text)).flatMap((clause) => factOf(clause) ?? [])
  return new Map(facts.map(({ key, value }) => [key, value]))
}

function normal(key: string): string {
  return key.toLowerCase().replaceAll('favourite', 'favorite').replaceAll('colour', 'color').trim()
}

/** Questions whose words do not name the key, with the phrase of their answer. */
const questions = [
  { asked: /\bwho am i\b/i, key: 'name', phrase: phrases.recalled },
  { asked: /\bwhat am i called\b/i, key: 'name', phrase: phrases.recalled },
  { asked: /\bwhere do i live\b/i, key: 'home', phrase: phrases.livesIn },
  { asked: /\bhow old am i\b/i, key: 'age', phrase: phrases.age },
  { asked: /\bwhat do i (?:like|love|enjoy)\b/i, key: 'liking', phrase: phrases.likes },
]

const namedQuestion =
  /\b(?:what(?:['’]?s| is| are| was)|who(?:['’]?s| is)|tell me|(?:know|remember|recall)(?: what)?) (?<whose>my|the) (?<key>\p{L}[\p{L} ]{0,40}?)(?: is| are| was| again)?$/iu

/** "… and my age?" */
const shortQuestion =
  /^(?:and |what about )*(?<whose>my) (?<key>(?!.*\b(?:is|are|was)\b)\p{L}[\p{L} ]{0,40})\?$/iu

export const answerFromMemory: Rule = (clause, conversation) => {
  const { said, system } = conversation
  const words = recallWords(clause, conversation)
  if (words !== undefined) return words
  const text = unpunctuated(clause)
  const fixed = questions.find(({ asked }) => asked.test(text))
  const named = (namedQuestion.exec(text) ?? shortQuestion.exec(clause))?.groups
  if (!fixed && !named) return undefined
  const key = fixed?.key ?? normal(named?.['key'] ?? '')
  const value = factsOf([system, ...said]).get(key)
  if (value !== undefined) return say(fixed?.phrase ?? phrases.recalled, { key, value })
  return fixed || named?.['whose']?.toLowerCase() === 'my'
    ? say(phrases.unknown, { key })
    : undefined
}

const recalls = [
  /\bwhat (?:did i (?:say|ask|tell you)|(?:was|is) (?:the )?(?:my )?(?:very )?first (?:thing|message|question))\b.*\bfirst\b|\bwhat was my first\b|\bfirst thing i\b/i,
  /\bwhat did i (?:just )?(?:say|ask|tell you)\b|\bmy (?:last|previous) (?:message|question)\b/i,
  /\bwhat did you (?:just )?(?:say|answer|tell me)\b|\byour (?:last|previous) (?:message|answer|reply)\b|\bsay (?:that|it) again\b/i,
] as const

/** "What did I say first?" */
function recallWords(
  clause: string,
  { said, previous }: { said: readonly string[]; previous: string },
): string | undefined {
  const [first, before, answered] = recalls
  const earlier = said.slice(0, -1)
  if (first.test(clause)) return recall(phrases.saidFirst, earlier[0])
  if (before.test(clause)) return recall(phrases.saidBefore, earlier.at(-1))
  if (!answered.test(clause)) return undefined
  return previous ? say(phrases.answeredBefore, { text: previous }) : phrases.answeredNothing
}

function recall(phrase: string, text: string | undefined): string {
  return text ? say(phrase, { text }) : phrases.saidNothing
}

export const noteFact: Rule = (clause) => {
  const fact = factOf(clause)
  if (!fact) return undefined
  if (fact.key === 'name') return say(phrases.metName, { ...fact })
  const isNamed = !['age', 'home', 'liking'].includes(fact.key)
  return isNamed ? say(phrases.noted, { ...fact }) : phrases.notedThat
}
