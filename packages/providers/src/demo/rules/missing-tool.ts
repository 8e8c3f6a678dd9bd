import { phrases } from '../data/phrases.ts'
import { requests } from '../requests.ts'
import { searchWords } from '../search-words.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

/** What only a tool could answer gets an honest word about it; with such a tool a clause comes this far only where the call lacks something. */
export const explainMissingTool: Rule = (clause, { offered }) => {
  if (requests.weather.test(clause)) {
    return offered.includes('weather') ? phrases.needsPlace : phrases.needsWeather
  }
  if (requests.time.test(clause)) return phrases.needsTime
  return requests.search.test(clause)
    ? say(phrases.needsSearch, { topic: searchWords(clause) })
    : undefined
}
