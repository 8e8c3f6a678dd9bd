/** What the list of sources is called, by language. */
const words: Readonly<Record<string, string>> = {
  ar: 'المراجع',
  da: 'Kilder',
  de: 'Quellen',
  el: 'Πηγές',
  en: 'References',
  es: 'Referencias',
  fa: 'منابع',
  fi: 'Lähteet',
  fr: 'Sources',
  he: 'מקורות',
  hi: 'संदर्भ',
  it: 'Fonti',
  ja: '出典',
  ko: '참고 자료',
  nl: 'Bronnen',
  no: 'Kilder',
  pl: 'Źródła',
  pt: 'Referências',
  ru: 'Источники',
  sv: 'Källor',
  tr: 'Kaynaklar',
  uk: 'Джерела',
  vi: 'Tài liệu tham khảo',
  zh: '参考资料',
}

export function referencesTitle(language: string): string {
  return words[language.slice(0, 2).toLowerCase()] ?? 'References'
}
