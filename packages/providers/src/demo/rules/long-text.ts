import { withDigits } from '../arithmetic/number-words.ts'
import { unpunctuated } from '../clauses.ts'
import { sentences } from '../data/pieces.ts'
import { digest } from '../hash.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

const mostWords = 3000
const sentencesInParagraph = 5
const longEnough = 300

const writing = /\b(?:write|generate|compose|give|produce|create|tell|essay|article|story|text)\b/i
const longForm =
  /\b(?:write|generate|compose|give|produce|create)\b.*\b(?:essay|article|blog post|long (?:text|story|answer|post|letter)|(?:several|some|many|a few) paragraphs)\b/i

/** "Write 500 words about the sea": exactly so many words, long enough to see them stream. */
export const writeLongText: Rule = (message) => {
  const head = message.slice(0, 400)
  const [, count] = /\b(\d[\d,]{0,6})[ -]words?\b/i.exec(withDigits(head.toLowerCase())) ?? []
  if (count === undefined ? !longForm.test(head) : !writing.test(head)) return undefined
  const words = count === undefined ? longEnough : Number(count.replaceAll(',', ''))
  return compose(topicIn(head), Math.min(words, mostWords))
}

function topicIn(message: string): string {
  const [, topic] = /\b(?:about|on) (?:the topic of )?([^.?!,;\n]{1,60})/i.exec(message) ?? []
  return topic ? unpunctuated(topic.replace(/\s+(?:in|with|of) \d.*$/, '')) : 'the subject'
}

/** Sentences in their order, begun where the topic's hash points, and cut to the number of words. */
function compose(topic: string, count: number): string {
  const start = Number.parseInt(digest(topic).slice(0, 8), 16) % sentences.length
  const paragraphs: string[] = []
  let left = count
  for (let at = 0; left > 0; at++) {
    const sentence = say(sentences[(start + at) % sentences.length] ?? '', { topic })
    const words = sentence.split(' ').slice(0, left)
    left -= words.length
    const text = left > 0 ? words.join(' ') : `${unpunctuated(words.join(' '))}.`
    if (at % sentencesInParagraph === 0) paragraphs.push(text)
    else paragraphs[paragraphs.length - 1] += ` ${text}`
  }
  return paragraphs.join('\n\n')
}
