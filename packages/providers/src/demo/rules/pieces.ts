import { facts, haiku, jokes, poems, quotes, stories } from '../data/pieces.ts'
import { pick } from '../hash.ts'
import type { Rule } from './rule.ts'

const wanted =
  /\b(?:tell|write|give|share|know|say|compose|make up|invent|another|one more|read me)\b|^(?:an?|some)\b/i

const kinds = [
  [/\bhaiku\b/i, haiku],
  [/\b(?:poems?|poetry|verse|rhyme)\b/i, poems],
  [/\bjokes?\b/i, jokes],
  [/\b(?:story|stories|tale|bedtime)\b/i, stories],
  [/\b(?:quotes?|quotation)\b/i, quotes],
] as const

const factWanted =
  /\b(?:fun|interesting|random|cool|surprising|curious) facts?\b|\b(?:tell|give|share) me (?:a|some|another) facts?\b|^facts? about\b/i

/** A story, a joke, a fact: one of a few, picked by all that the user has said, so that "another" may be another. */
export const tellPiece: Rule = (clause, { said }) => {
  const seed = said.join('\n')
  if (factWanted.test(clause)) {
    const ofTopic = facts.find(([topic]) => topic.test(clause))
    return ofTopic && pick(ofTopic[1], seed)
  }
  if (!wanted.test(clause)) return undefined
  const ofKind = kinds.find(([kind]) => kind.test(clause))
  return ofKind && pick(ofKind[1], seed)
}
