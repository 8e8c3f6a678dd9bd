/** Splits what a user wants into clauses, each of which asks for one thing. */

/** Rules read clauses with plain patterns: bounds keep that quick whatever is sent. */
const longestClause = 400
const mostClauses = 24

const verbs =
  'add|analy[sz]e|answer|book|calculate|call|check|compare|compute|convert|count|create|delete|describe|divide|do|draw|echo|execute|explain|fetch|find|generate|get|give|google|invoke|list|look|make|multiply|open|plan|plot|prepare|print|read|repeat|research|run|save|say|search|send|set|show|solve|sort|square|subtract|summari[sz]e|take|tell|translate|turn|use|verify|write'
const questions =
  "what|what's|whats|who|who's|when|where|where's|which|why|how|how's|is|are|can|could|do|does|will|please|i|i'm|my"

const sentenceEnd = /(?<=[.?!;])\s+|\n+/
const afterwards =
  /[,;]?\s*\b(?:and\s+)?then\b[,:]?\s*|(?:^|[,;]\s*(?:and\s+)?|\s+and\s+)(?:next|finally|lastly|after that|afterwards)\b[,:]?\s*/i
const besides = new RegExp(
  String.raw`(?:\s*,\s*(?:and\s+|also\s+)*|\s+(?:and|plus|also|&)\s+(?:also\s+)?)(?=(?:${verbs}|${questions})\b)`,
  'i',
)
/** "Use Python." says how to do what was asked before it. */
const manner =
  /^(?:please )?(?:use|using|with|via|do (?:it|this) (?:in|with)) (?:the |your |a )?[\w-]+(?: [\w-]+)?[.!]?$/i
const enumeration = /^(?:[-*•]|\d{1,2}[.)]|(?:first(?:ly)?|second(?:ly)?|third(?:ly)?)\b,?)\s*/i

/** "Make slides about them" needs what was found before. */
const reference =
  /(?<!\b(?:time|day|date|old|is) (?:is )?)\b(?:it|them|the (?:results?|answers?))\b/i

/** Stages follow each other ("then"); the clauses of one stage may be done at once. */
export function toStages(text: string): string[][] {
  const stages: string[][] = []
  for (const { clause, waits } of toSentences(text).flatMap(inOrder)) {
    const stage = stages.at(-1)
    if (stage && !waits) stage.push(clause)
    else stages.push([clause])
  }
  return stages.slice(0, mostClauses)
}

/** A clause waits for those before it where "then" leads to it, or where it speaks of what they brought. */
function inOrder(sentence: string): { clause: string; waits: boolean }[] {
  const parts = /^if\b/i.test(sentence) ? [sentence] : sentence.split(afterwards)
  return parts.flatMap((part, later) =>
    part
      .split(besides)
      .map((words, besideOthers) => {
        const clause = words.trim().slice(0, longestClause)
        return { clause, waits: (later > 0 && besideOthers === 0) || reference.test(clause) }
      })
      .filter(({ clause }) => clause !== ''),
  )
}

export function toClauses(text: string): string[] {
  return toStages(text).flat().slice(0, mostClauses)
}

function toSentences(text: string): string[] {
  const sentences: string[] = []
  for (const line of text.slice(0, longestClause * mostClauses).split(sentenceEnd)) {
    const sentence = line.replace(enumeration, '')
    const before = sentences.at(-1)
    if (before !== undefined && manner.test(sentence)) {
      sentences[sentences.length - 1] = `${before} ${sentence}`
    } else sentences.push(sentence)
  }
  return sentences
}

const courtesies =
  /^(?:(?:please|kindly|hey|hi|hello|ok|okay|so|now|well|and|also|just|tandem|assistant)\b[,!]?\s*|(?:can|could|would|will) you\s+(?:please\s+)?|(?:i want|i need|i would like|i'd like) (?:you )?to\s+)+/i

export function unpunctuated(text: string): string {
  return text.replace(/^[\s.,!?;:]+/, '').replace(/[\s.?!,;:]{1,99}$/, '')
}

/** The clause without politeness before it and punctuation behind it. */
export function bare(clause: string): string {
  return unpunctuated(clause.replace(courtesies, '')).replace(/,?\s+please$/i, '')
}

const leadIns =
  /^(?:what(?:['’]?s| is| are| was| were| do(?:es)?| did| do you know about| about)?|who(?:['’]?s| is| was| are)?|tell me (?:something |more )?(?:about )?|explain(?: to me)?(?: what)?|describe|write (?:me )?(?:something )?(?:about )?|give me|show me|how (?:do|does|can|to|is|are)|why (?:do|does|is|are)|i (?:want|need)|make|create|summari[sz]e)\b\s*/i

/** What a clause is about, short enough to be quoted. */
export function topicOf(clause: string): string {
  const topic = bare(bare(clause).replace(leadIns, ''))
    .replace(/^(?:the|a|an|about)\s+/i, '')
    .replace(/\s+(?:is|are|was|were|works?|(?:to|for) me)$/i, '')
    .replaceAll(/\s+/g, ' ')
  return clip(topic || bare(clause) || clause.trim(), 80)
}

/** At most `length` characters, cut between words. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text
  const head = text.slice(0, length)
  const end = head.search(/\s+\S*$/)
  return `${(end > length / 2 ? head.slice(0, end) : head).trimEnd()}…`
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
