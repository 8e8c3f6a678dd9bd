import { unpunctuated } from '../clauses.ts'
import { phrases } from '../data/phrases.ts'
import { pick } from '../hash.ts'
import type { Rule } from './rule.ts'

const greeting =
  /^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|bonjour|hola|hallo|ciao)(?:[ ,]+(?:there|you|tandem|assistant|all|again|everyone|world|friend|demo|model|to you))*$/i

/** A greeting before something else is returned in a word. */
export const answerGreeting: Rule = (clause, { ask, said }) => {
  if (!greeting.test(unpunctuated(clause))) return undefined
  const isAll = unpunctuated(clause) === unpunctuated(ask)
  return isAll ? pick(phrases.greeting, said.join('\n')) : phrases.greetingInPassing
}

export const answerWellbeing: Rule = (clause) =>
  /\bhow(?:['’]s it going|['’]?s things| are (?:you|things)| do you do)\b(?! (?:do|mak|work|call))/i.test(
    clause,
  )
    ? phrases.wellbeing
    : undefined

export const answerThanks: Rule = (clause) =>
  /^(?:ok(?:ay)?[ ,]+|great[ ,]+|perfect[ ,]+|many )?(?:thanks|thank you|thx|cheers)\b/i.test(
    unpunctuated(clause),
  )
    ? phrases.thanks
    : undefined

export const answerGoodbye: Rule = (clause) =>
  /^(?:ok(?:ay)?[ ,]+)?(?:good ?bye|bye|bye[ -]bye|see you|farewell|good night|ciao)(?:[ ,]+(?:now|then|later|soon|tomorrow|for now|tandem|everyone|all))*$/i.test(
    unpunctuated(clause),
  )
    ? phrases.goodbye
    : undefined

export const answerPing: Rule = (clause) =>
  /^ping$/i.test(unpunctuated(clause)) ? phrases.pong : undefined
