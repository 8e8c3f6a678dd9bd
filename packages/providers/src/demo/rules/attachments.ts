/** Answers from the files of the conversation: what is said of them, or the lines in them that share words with the question. */
import type { AttachedFile } from '../attachments.ts'
import { clip } from '../clauses.ts'
import { phrases } from '../data/phrases.ts'
import { requests } from '../requests.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

const mostFiles = 5
const about =
  /\b(?:files?|attach\w*|upload\w*|documents?|docs?|pdf|csv|tables?|spreadsheets?|workbook|excel|sheets?|json|images?|pictures?|photos?|screenshot|scripts?|modules?|source|code|data ?set|presentation|report|it|this|that|these)\b/i
const asks =
  /\?|^(?:what|which|who|whose|when|where|how|is|are|does|do|list|name|show|give|tell|describe|summari[sz]e|explain|analy[sz]e|count|quote)\b/i
/** What is to be done with a tool, or to something else than a file. */
const elsewhere = /\b(?:use|using|call|run|execute)\b|^(?:write|tell me a|repeat|translate)\b/i
const makes = /\b(?:make|create|prepare|generate|build|draft|turn|need|want)\b/i
const ofThePeople = /\b(?:my|me|i|i'm|you|your|yours)\b/i

/** What is asked of a file, and the facts that tell it. */
const topics: readonly { asked: RegExp; fact: RegExp }[] = [
  { asked: /\b(?:rows?|records?|entries)\b/i, fact: /\brows?\b|\bitems?\b/ },
  { asked: /\b(?:columns?|headers?|fields?)\b/i, fact: /columns?:|columns?$/ },
  { asked: /\b(?:keys?|structure|schema)\b/i, fact: /keys?:|structure:|array of/ },
  { asked: /\b(?:functions?|methods?)\b/i, fact: /^functions:/ },
  { asked: /\bclass(?:es)?\b/i, fact: /^classes:/ },
  { asked: /\b(?:imports?|librar(?:y|ies)|packages|depend\w*)\b/i, fact: /^imports:/ },
  { asked: /\bpages?\b/i, fact: /\bpages?$/ },
  { asked: /\bslides?\b/i, fact: /\bslides?$/ },
  { asked: /\bsheets?\b/i, fact: /\bsheets?:/ },
  { asked: /\b(?:author|wrote|written by)\b/i, fact: /^author:/ },
  { asked: /\b(?:title|called)\b/i, fact: /^title:/ },
  {
    asked: /\b(?:size|dimensions?|pixels?|resolution|width|height|wide|high|large)\b/i,
    fact: /pixels$/,
  },
  { asked: /\b(?:format|kind of image|type)\b/i, fact: /^format:/ },
  { asked: /\b(?:headings?|sections?|chapters?)\b/i, fact: /^headings:/ },
  { asked: /\blines\b/i, fact: /\blines?\b/ },
]

export const answerFromAttachments: Rule = (message, { files, offered }) => {
  if (files.length === 0) return undefined
  const ask = message.trim()
  if (ask === '') return files.slice(0, mostFiles).map(summary).join('\n')
  const isForTool =
    elsewhere.test(ask) ||
    requests.python.test(ask) ||
    (requests.slides.test(ask) && makes.test(ask)) ||
    (requests.reading.test(ask) && offered.includes('attachments')) ||
    requests.plan.test(ask)
  if (isForTool || !asks.test(ask)) return undefined
  const chosen = choose(ask, files)
  const found = told(ask, chosen) ?? (ofThePeople.test(ask) ? undefined : quoted(ask, chosen))
  if (found !== undefined) return found
  const isMeant = chosen.length < files.length || about.test(ask)
  const isOther = ofThePeople.test(ask) && !/\b(?:file|attach|upload)/i.test(ask)
  return isMeant && !isOther && !isSum(ask)
    ? chosen.slice(0, mostFiles).map(summary).join('\n')
    : undefined
}

/** "What is this times 3?" */
function isSum(ask: string): boolean {
  return /\d\s*[-+*/^]|\b(?:times|plus|minus|divided|squared?)\b/i.test(ask)
}

const kinds: readonly { said: RegExp; kind: RegExp }[] = [
  { said: /\bcsv\b/i, kind: /CSV/ },
  { said: /\b(?:excel|workbook|spreadsheet|xlsx)\b/i, kind: /Excel/ },
  { said: /\bpdf\b/i, kind: /PDF/ },
  { said: /\bjson\b/i, kind: /JSON/ },
  { said: /\b(?:word|docx)\b/i, kind: /Word/ },
  { said: /\b(?:powerpoint|pptx|presentation)\b/i, kind: /PowerPoint/ },
  { said: /\b(?:image|picture|photo|screenshot)\b/i, kind: /image/ },
  { said: /\b(?:python|script|module|source|code)\b/i, kind: /source/ },
]

/** Those that are named, or of the kind that is named; else all. */
function choose(ask: string, files: readonly AttachedFile[]): readonly AttachedFile[] {
  const lower = ask.toLowerCase()
  const named = files.filter(({ name }) => lower.includes(name.toLowerCase()))
  if (named.length > 0) return named
  const said = kinds.filter((each) => each.said.test(ask))
  const alike = files.filter(({ kind }) => said.some((each) => each.kind.test(kind)))
  return alike.length > 0 ? alike : files
}

function told(ask: string, files: readonly AttachedFile[]): string | undefined {
  const asked = topics.filter((topic) => topic.asked.test(ask))
  const lines = files.flatMap(({ name, facts }) => {
    const found = facts.filter((fact) => asked.some((topic) => topic.fact.test(fact)))
    return found.length > 0 ? [say(phrases.attachedFact, { name, facts: found.join('; ') })] : []
  })
  return lines.length > 0 ? lines.slice(0, mostFiles).join('\n') : undefined
}

const common = new Set(
  'about after also and are been can for has how its not the was who you does file from have many much that them there these they this what when where which will with would tell show give list'.split(
    ' ',
  ),
)
const longestQuote = 300

/** The line that shares most words with the question; names and numbers count twice. */
function quoted(ask: string, files: readonly AttachedFile[]): string | undefined {
  const said = wordsOf(ask).filter((word) => word.length > 2 && !common.has(word))
  const weights = new Map(said.map((word) => [word, isName(word, ask) ? 2 : 1]))
  let best: { name: string; line: string; score: number } | undefined
  for (const file of files) {
    for (const { text, line } of linesOf(file)) {
      const words = new Set(wordsOf(text))
      const score = [...words].reduce((sum, word) => sum + (weights.get(word) ?? 0), 0)
      if (score > (best?.score ?? 0)) best = { name: file.name, line, score }
    }
  }
  const needed = weights.size > 3 ? 2 : 1
  if (!best || best.score < needed) return undefined
  return say(phrases.attachedLine, { name: best.name, line: clip(best.line.trim(), longestQuote) })
}

/** What is searched, and what is shown of it: a row is found by its values, and says what they are. */
function linesOf({ kind, facts, excerpt }: AttachedFile): { text: string; line: string }[] {
  const [header = '', ...rows] = excerpt
  const isTable = /table/.test(kind) && header.includes(' | ')
  const said = (isTable ? facts : [...facts, ...excerpt]).map((line) => ({ text: line, line }))
  return isTable ? [...rows.map((row) => ({ text: row, line: toRow(header, row) })), ...said] : said
}

function toRow(header: string, row: string): string {
  const names = header.split(' | ')
  const values = row.split(' | ').map((value, at) => `${names[at] ?? at + 1}: ${value}`)
  return values.join(' | ')
}

/** Written with a capital within the sentence, or with digits. */
function isName(word: string, ask: string): boolean {
  return /\d/.test(word) || ask.slice(1).includes(word.charAt(0).toUpperCase() + word.slice(1))
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []
}

function summary({ name, kind, facts, excerpt }: AttachedFile): string {
  const begins = clip(excerpt.join(' ').replaceAll(/\s+/g, ' ').trim(), 200)
  return [
    say(phrases.attachedFile, { name, kind: kind.replace(/\.$/, '') }),
    facts.length > 0 ? ` ${clip(facts.join('; '), 600)}.` : '',
    begins === '' ? '' : ` ${say(phrases.attachedBeginning, { text: begins })}`,
  ].join('')
}
