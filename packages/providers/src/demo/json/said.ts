import { placeIn } from '../requests.ts'
import { zones } from '../data/cities.ts'

/** Finds in a text what belongs under a property's name. */

/** `maxLength` and `max_length` are both "max length". */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean)
}

/** A pattern for the name as people say it. */
export function spokenName(name: string): string {
  return wordsOf(name).join('[ _-]?')
}

/** `name: Alice`, `name=Alice`, `name is "Alice"`: what the text itself puts under the name. */
export function statedText(name: string, text: string): string | undefined {
  const pattern = new RegExp(
    String.raw`(?<![\p{L}\d])${spokenName(name)}["']?\s*(?:[:=]|\b(?:is|are|of|set to|to be)\b)\s*(?:"([^"\n]*)"|'([^'\n]*)'|“([^”\n]*)”|([^\s,;][^,;\n]{0,200}?))(?=$|[,;\n}]|[.?!](?:\s|$)|\s+(?:and|with)\b|\s+[\p{L}_]{1,40}\s*[=:])`,
    'iu',
  )
  const [, ...groups] = pattern.exec(text) ?? []
  return groups.find((group) => group !== undefined)?.trim()
}

/** `age 30`, `30 years`, `quantity: 3`, `3 apples`. */
export function statedNumber(name: string, text: string): number | undefined {
  const spoken = spokenName(name)
  const after = new RegExp(
    String.raw`(?<![\p{L}\d])${spoken}\s*(?:[:=]|\bis\b|\bof\b|\bto\b)?\s*(-?\d+(?:\.\d+)?)`,
    'iu',
  ).exec(text)?.[1]
  const before = new RegExp(String.raw`(-?\d+(?:\.\d+)?) ${spoken}(?![\p{L}\d])`, 'iu').exec(
    text,
  )?.[1]
  const aged = wordsOf(name).includes('age')
    ? /(\d{1,3})(?:[ -]years?[ -]old|,? years old)|\b(?:aged?|is|am) (\d{1,3})\b/i.exec(text)
    : null
  const found = after ?? before ?? aged?.[1] ?? aged?.[2]
  return found === undefined ? undefined : Number(found)
}

const day =
  /\b(?:(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|tonight|\d{4}-\d\d-\d\d|(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)\b/i
const event =
  /\b(?:an?|the|our|my)\s+((?:\p{L}+ ){0,2}(?:fair|party|meeting|conference|workshop|concert|wedding|dinner|lunch|birthday|event))\b/iu
const notNames =
  /^(?:I|The|A|An|My|Please|What|Who|When|Where|Why|How|Which|Is|Are|Can|Could|Do|Does|Extract|Give|Make|Create|Find|Tell|Write|Show|List|Return|Generate|Use|Name|User|JSON|Python|Hello|Hi|Search|Add|Set|Get|Send|Call|Plan|Parse|It|He|She|They|We|You|This|That|In|On|At|For|From|And|Or|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December)$/

/** Words that are written like names. */
export function namesIn(text: string): string[] {
  const capitals = text.match(/\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*/gu) ?? []
  const names = capitals.map((words) =>
    words
      .split(' ')
      .filter((word) => !notNames.test(word.replace(/['’]s$/, '')))
      .join(' ')
      .replace(/['’]s$/, ''),
  )
  return [...new Set(names.filter(Boolean))]
}

/** A kind of property, by its words, and what finds a value for it in a text. */
type Look = readonly [property: RegExp, find: (text: string) => string | undefined]

/** What kinds of things look like, by the words of the property that wants them. */
const looks: readonly Look[] = [
  [/^(?:event )?(?:name|title)$|\bevent\b/, (text) => event.exec(text)?.[1]],
  [/subject|topic|title/, (text) => /\babout (?:the )?([^.?!,;\n]{1,80})/i.exec(text)?.[1]?.trim()],
  [
    /body|message|text|content/,
    (text) => /\b(?:saying|(?:that |which )says?)(?: that)?:? (.{1,500})/i.exec(text)?.[1]?.trim(),
  ],
  [
    /e-?mail|recipient|^to$/,
    (text) => /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/.exec(text)?.[0],
  ],
  [/url|link|website|uri/, (text) => /\bhttps?:\/\/[^\s"'<>)]+[^\s"'<>).,!?]/.exec(text)?.[0]],
  [/phone/, (text) => /\+?\d[\d ()-]{6,18}\d/.exec(text)?.[0]],
  [/date|day|when/, (text) => day.exec(text)?.[0]],
  [/time$|hour/, (text) => /\b\d{1,2}(?::\d\d)?\s?(?:am|pm)\b|\b\d{1,2}:\d\d\b/i.exec(text)?.[0]],
  [
    /colou?r/,
    (text) =>
      /\b(?:red|green|blue|yellow|black|white|orange|purple|pink|brown|gr[ae]y)\b/i.exec(text)?.[0],
  ],
  [/currency/, (text) => /\b(?:USD|EUR|GBP|JPY|CHF|CNY|INR)\b/.exec(text)?.[0]],
  [
    /city|place|location|country|where|address|town|destination/,
    (text) => placeIn(text, (name) => zones.has(name)),
  ],
  [
    /^(?:first |full |last |user )?name$|person|author|customer|character/,
    (text) => namesIn(text)[0],
  ],
]

export function likely(name: string, text: string): string | undefined {
  const spoken = wordsOf(name).join(' ')
  for (const [property, find] of looks) {
    const found = property.test(spoken) ? find(text) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
