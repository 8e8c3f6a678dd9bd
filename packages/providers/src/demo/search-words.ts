import { bare, topicOf } from './clauses.ts'

const searchCommand =
  /^(?:(?:use|using|with) (?:the |your )?[\w-]+(?: tool)? (?:to|and) )?(?:do an? )?(?:(?:web |internet |online )?(?:search|google|research|look(?:ing)? up|look|browse|find(?: out)?|read|query)\b\s*)?(?:me )?(?:(?:on |in |through |across )?(?:the |my |our |these |all |your )?(?:web|internet|documents?|docs?|documentation|files?|knowledge ?base|collections?|notes|manual)\b\s*)?(?:for|about|on|up)?\s*(?:(?:some )?information (?:about|on)\s+)?/i
const whereabouts =
  /,?\s+(?:(?:on|in|from|using|with) (?:the |my |our |these |all |your )?(?:\w+ )?(?:web|internet|documents?|docs?|documentation|files?|knowledge ?base|collections?|notes|manual|handbook|pdfs?)|online)(?=$|\s+(?:about|on|for)\b)/i

/** What to search for: the clause without the words that say to search, and where. */
export function searchWords(clause: string): string {
  const asked = bare(clause)
  const words = asked.replace(searchCommand, '').replace(whereabouts, '')
  return topicOf(words) || asked || clause.trim()
}
