/** What a tool is good for, as its name or its description shows. */

interface Sign {
  name: RegExp
  description: RegExp
}

/** In reading order, the particular before the general: `search_documents` is about documents. */
const signs = {
  attachments: {
    name: /(?:^|_)attach(?:ment|ed)/i,
    description: /\b(?:reads|text of) (?:the |an )?attach(?:ment|ed)/i,
  },
  slides: {
    name: /slide|ppt|power_?point|presentation|deck/i,
    // A tool that reads PowerPoint makes none.
    description:
      /\b(?:makes?|creates?|generates?|builds?|writes?)\b[^.]{0,60}\b(?:slides?|decks?|presentations?|powerpoint|pptx)\b/i,
  },
  documents: {
    name: /(?:^|_)rag(?:_|$)|retriev|document|knowledge|(?:^|_)docs?(?:_|$)|file_?search|collection/i,
    description:
      /\b(?:knowledge base|uploaded (?:documents|files)|your documents|retriev(?:e|al))\b/i,
  },
  weather: { name: /weather|forecast/i, description: /\bweather\b/i },
  time: {
    name: /(?:^|_)(?:time|clock|date|datetime|now)(?:_|$)|(?:get|current)_?(?:time|date)/i,
    description: /\bcurrent (?:date|time)\b|\bwhat time\b/i,
  },
  python: {
    name: /python|(?:run|exec\w*|eval\w*)_?code|code_?(?:exec|interp|run)\w*|interpreter|sandbox/i,
    description: /\bpython\b|\b(?:runs?|executes?) code\b/i,
  },
  calculator: {
    name: /calc|math|arithmetic|(?:^|_)(?:evaluate|compute)(?:_|$)/i,
    description: /\b(?:calculat\w+|arithmetic|mathematical expression)\b/i,
  },
  search: {
    name: /search|google|bing|tavily|duckduckgo|browse|look_?up|(?:^|_)news/i,
    description: /\b(?:search(?:es)? (?:the )?(?:web|internet|online)|web search)\b/i,
  },
  plan: { name: /(?:^|_)plan(?:_|$)/i, description: /\bmakes? a plan\b/i },
} as const satisfies Record<string, Sign>

export type SkillName = keyof typeof signs | 'other'

/** Names are told by what they are called, the others by what is said of them. */
export function skillOf(name: string, description = ''): SkillName {
  const skills = Object.keys(signs) as (keyof typeof signs)[]
  const spoken = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').replaceAll('-', '_')
  return (
    skills.find((skill) => signs[skill].name.test(spoken)) ??
    skills.find((skill) => signs[skill].description.test(description)) ??
    'other'
  )
}
