import { toFormula } from '../arithmetic/print.ts'
import { findExpression } from '../arithmetic/from-words.ts'
import { bare, topicOf } from '../clauses.ts'
import type { Conversation } from '../conversation.ts'
import { zones } from '../data/cities.ts'
import { writeProgram } from '../python/programs.ts'
import { placeIn, requests } from '../requests.ts'
import { searchWords } from '../search-words.ts'
import type { SkillName } from './skills.ts'

/** What a clause would have a tool do, by kind of argument; the first value is the main one. */
export interface Wish {
  expression?: string
  code?: string
  timezone?: string
  place?: string
  query?: string
  text?: string
  /** The name of a file, and which part of it. */
  file?: string
  pages?: string
  lines?: string
  /** What was found before, to be worked on. */
  material?: string
  /** Names of files that came with the conversation. */
  fileNames?: readonly string[]
}

type Wisher = (clause: string, conversation: Conversation) => Wish | undefined

const found = /\b(?:it|this|that|them|these|the (?:results?|findings|answers?))\b/i

/** By skill: what a clause asks of it, or undefined where it asks for something else. */
export const wishes: Readonly<Record<SkillName, Wisher>> = {
  slides: (clause, { outcomes, previous, files }) => {
    if (!requests.slides.test(clause)) return undefined
    const isAboutThem = outcomes.length > 0 && found.test(clause)
    const material = isAboutThem ? { material: previous.slice(0, 20_000) } : {}
    const fileNames = files.length > 0 ? { fileNames: files.map(({ name }) => name) } : {}
    return { text: bare(clause), query: topicOf(clause), ...material, ...fileNames }
  },
  attachments: (clause, { files }) =>
    requests.reading.test(clause) ? readingWish(clause, files) : undefined,
  documents: (clause) =>
    requests.documents.test(clause) ? { query: searchWords(clause) } : undefined,
  weather: (clause) => {
    const place = requests.weather.test(clause) ? placeIn(clause, isCity) : undefined
    return place === undefined ? undefined : { place }
  },
  time: (clause) => (requests.time.test(clause) ? timeWish(clause) : undefined),
  calculator: (clause, { previous }) => {
    const expression = findExpression(clause, previous)
    return expression && { expression: toFormula(expression) }
  },
  python: (clause, { ask, previous }) => {
    const code = fencedCode(clause, ask) ?? writeProgram(clause, previous)
    return code === undefined ? undefined : { code }
  },
  search: (clause) => (requests.search.test(clause) ? { query: searchWords(clause) } : undefined),
  plan: (clause) => (requests.plan.test(clause) ? { text: bare(clause) } : undefined),
  other: () => undefined,
}

/** The order in which a clause is held against the skills. */
export const order: readonly SkillName[] = [
  'attachments',
  'slides',
  'documents',
  'weather',
  'time',
  'calculator',
  'python',
  'search',
  'plan',
]

/** The skill that a task taken by itself would need. */
export function skillFor(text: string): SkillName | undefined {
  const alone = {
    system: '',
    said: [text],
    ask: text,
    images: [],
    files: [],
    previous: '0',
    outcomes: [],
    offered: [],
  }
  return order.find((skill) => wishes[skill](text, alone) !== undefined)
}

const isCity = (name: string): boolean => zones.has(name)

/** "Read page 3 of report.pdf": the file that is named, else the last one. */
function readingWish(clause: string, files: Conversation['files']): Wish | undefined {
  const lower = clause.toLowerCase()
  const file = files.find(({ name }) => lower.includes(name.toLowerCase())) ?? files.at(-1)
  if (!file) return undefined
  const [, unit = '', range] = /\b(page|slide|line)s? (\d+(?:\s?-\s?\d+)?)/.exec(lower) ?? []
  if (range === undefined) return { file: file.name }
  return { file: file.name, [unit === 'line' ? 'lines' : 'pages']: range }
}

function timeWish(clause: string): Wish {
  const [zone] = /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_/]+\b|\bUTC\b/.exec(clause) ?? []
  const place = placeIn(clause, isCity)
  const timezone = zone ?? zones.get((place ?? '').toLowerCase())
  return { ...(timezone && { timezone }), ...(place && { place }) }
}

/** Code that the user wrote out and wants run. */
function fencedCode(clause: string, ask: string): string | undefined {
  if (!/\b(?:run|execute|try|evaluate|python|output)\b/i.test(clause)) return undefined
  return /```(?:python|py)?[ \t]*\n([^`]+)```/i.exec(ask)?.[1]?.trimEnd()
}

/** The wish at a tool that is to be called in any case. */
export function anyWish(skill: SkillName, clause: string): Wish {
  const topic = topicOf(clause)
  switch (skill) {
    case 'python':
      return { code: `print(${JSON.stringify(topic)})` }
    case 'calculator':
      return { expression: /-?\d+(?:\.\d+)?/.exec(clause)?.[0] ?? '0' }
    case 'time':
      return timeWish(clause)
    case 'weather':
      return { place: placeIn(clause, isCity) ?? topic }
    case 'search':
    case 'documents':
      return { query: searchWords(clause) }
    case 'slides':
    case 'plan':
      return { text: bare(clause) || topic, query: topic }
    case 'attachments':
    case 'other':
      return {}
  }
}
