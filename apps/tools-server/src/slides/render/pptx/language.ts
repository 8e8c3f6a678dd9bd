/** The language of a piece of text, by which offices choose fonts and check the spelling. */
import type { LayoutContext } from '../../layout/types.ts'
import { isWide, scriptOf } from '../../text/scripts.ts'

const regions: Readonly<Record<string, string>> = {
  ar: 'ar-SA',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  fa: 'fa-IR',
  fr: 'fr-FR',
  he: 'he-IL',
  hi: 'hi-IN',
  it: 'it-IT',
  ja: 'ja-JP',
  ko: 'ko-KR',
  nl: 'nl-NL',
  pl: 'pl-PL',
  pt: 'pt-PT',
  ru: 'ru-RU',
  sv: 'sv-SE',
  tr: 'tr-TR',
  uk: 'uk-UA',
  zh: 'zh-CN',
}

const eastAsian = { sc: 'zh-CN', jp: 'ja-JP', kr: 'ko-KR' } as const

/** What East Asian letters are set in where the theme’s font has none. */
export const eastAsianFonts = {
  sc: 'Microsoft YaHei',
  jp: 'Yu Gothic',
  kr: 'Malgun Gothic',
} as const

export function languageOf(text: string, { language, eastAsian: font }: LayoutContext): string {
  const own = language.includes('-') ? language : (regions[language.toLowerCase()] ?? language)
  for (const char of text) {
    const script = scriptOf(char.codePointAt(0) ?? 0)
    if (isWide(script) && !/^(zh|ja|ko)/i.test(own)) return eastAsian[font]
    if (script === 'arabic') return /^(ar|fa|ur|ps|ug|sd|ku)/i.test(own) ? own : 'ar-SA'
    if (script === 'hebrew') return /^(he|iw|yi)/i.test(own) ? own : 'he-IL'
  }
  return own
}
