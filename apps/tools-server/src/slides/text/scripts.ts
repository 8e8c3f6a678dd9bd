/** Which writing a character belongs to, as far as fonts and directions ask. */
export type Script = 'latin' | 'han' | 'kana' | 'hangul' | 'arabic' | 'hebrew' | 'emoji' | 'neutral'

const tests: readonly [Script, RegExp][] = [
  ['arabic', /[\p{Script=Arabic}\u0600-\u06FF\uFB50-\uFDFF\uFE70-\uFEFE]/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['hangul', /\p{Script=Hangul}/u],
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}\u30FC]/u],
  ['han', /[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]/u],
  ['emoji', /\p{Emoji_Presentation}/u],
  ['neutral', /[\p{P}\p{S}\p{Z}\p{N}\p{M}\p{C}]/u],
]

const known = new Map<number, Script>()

export function scriptOf(codePoint: number): Script {
  // What most decks are made of.
  if (codePoint < 0x250 && !(codePoint < 0x41)) return 'latin'
  const found = known.get(codePoint)
  if (found) return found
  const char = String.fromCodePoint(codePoint)
  const script = tests.find(([, test]) => test.test(char))?.[0] ?? 'latin'
  known.set(codePoint, script)
  return script
}

/** Chinese, Japanese and Korean characters, all as wide as they are high. */
export function isWide(script: Script): boolean {
  return script === 'han' || script === 'kana' || script === 'hangul'
}

export function isRightToLeft(script: Script): boolean {
  return script === 'arabic' || script === 'hebrew'
}

/** Whether the first letter is of a writing that runs from right to left; undefined without letters. */
export function startsRightToLeft(text: string): boolean | undefined {
  for (const char of text) {
    const script = scriptOf(char.codePointAt(0) ?? 0)
    if (script === 'latin' && !/\p{L}/u.test(char)) continue
    if (script !== 'neutral' && script !== 'emoji') return isRightToLeft(script)
  }
  return undefined
}

const rightToLeftLanguages = new Set([
  'ar',
  'fa',
  'he',
  'iw',
  'ps',
  'ur',
  'yi',
  'dv',
  'ku',
  'sd',
  'ug',
])

export function isRightToLeftLanguage(language: string): boolean {
  const [primary = '', second = ''] = language.toLowerCase().split('-')
  return second === 'arab' || second === 'hebr' || rightToLeftLanguages.has(primary)
}
