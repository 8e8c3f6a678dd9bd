/** How people ask for the things that need a tool. */
export const requests = {
  time: /\bwhat(?:['’]?s| is)? (?:the )?(?:current |exact |local )?(?:time|date|day)\b(?! (?:complexity|zone))|\bwhat time\b|\b(?:current|local) (?:time|date)\b|\btime (?:is it|now)\b|\b(?:today['’]s|date) (?:date|today)\b|\btell me the time\b/i,
  weather:
    /\b(?:weather|forecast)\b|\b(?:temperature|raining|rain|snowing|sunny)\b.*\b(?:in|at|for|today|tomorrow|outside|now)\b|\bhow (?:hot|cold|warm) is it\b/i,
  search:
    /\b(?:search|google|research)\b|\blook(?:ing)? (?:it |this |that )?up\b|\b(?:latest|news|newest|breaking|up[- ]to[- ]date|recent)\b|\bfind (?:out|information|info|news|articles?|something|sources)\b|\bon the (?:web|internet)\b|\bwho won\b/i,
  documents:
    /\b(?:in|from|through|of|to|search|read) (?:the |my |our |these |this |those |all |your )?(?:uploaded |attached |internal |company |product |user )?(?:docs?|documents?|documentation|files?|knowledge ?base|collections?|manual|handbook|pdfs?|notes|reports?)\b|\b(?:our|my|these|your) (?:\w+ )?(?:docs?|documents?|documentation|files|knowledge ?base|manual|handbook|pdfs?|notes)\b|\bfind information (?:about|on)\b/i,
  slides: /\b(?:slides?|slide ?decks?|slideshow|presentations?|powerpoint|pptx?|keynote)\b/i,
  python:
    /\b(?:use|using|with|in|via|run|write|execute|call)\b(?: \w+){0,3} python\b|\bpython (?:code|program|script|function)\b/i,
  reading:
    /\bread_attachment\b|\bread (?:me |on )?(?:all|(?:the )?(?:rest|whole|full|entire|complete)|(?:pages?|lines?) \d)|\b(?:on|from|in|at) (?:pages?|lines?|slides?) \d|\bwhat (?:does|do|is) (?:pages?|lines?|slides?) \d/i,
  plan: /\b(?:make|create|draw up|write|need|prepare|give me) (?:me )?(?:an? |the )?(?:\w+ )?plan\b|^plan\b/i,
} as const

export type RequestKind = keyof typeof requests

const named =
  /\b(?:in|at|for|of|near|around|to)\s+((?:\p{Lu}[\p{L}'’.-]*)(?:[ -]\p{Lu}[\p{L}'’.-]*){0,3})/u
const spoken = /\b(?:in|at|for|near)\s+(?:the )?(\p{L}+(?:[ -]\p{L}+){0,3})/giu
const passing = /\s+(?:today|tomorrow|tonight|now|right now|this week|at the moment|currently)$/i

/** The place that a clause names: by capital letters, or in small letters where `isKnown` knows it. */
export function placeIn(clause: string, isKnown: (name: string) => boolean): string | undefined {
  const capital = named.exec(clause)?.[1]
  if (capital) return capital.replace(/[.'’-]+$/, '')
  for (const [, words = ''] of clause.matchAll(spoken)) {
    const name = words.replace(passing, '')
    if (isKnown(name.toLowerCase())) return name
  }
  return undefined
}
