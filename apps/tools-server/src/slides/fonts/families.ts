/**
 * The fonts that come with the product. Each has the widths of one that offices have (Carlito those of Calibri, Gelasio
 * Georgia’s, Arimo Arial’s), so that what was measured here fits there. PPTX names the office’s font; PDF and HTML embed ours.
 */
export const families = {
  carlito: { office: 'Calibri', name: 'Carlito', italics: true },
  gelasio: { office: 'Georgia', name: 'Gelasio', italics: true },
  arimo: { office: 'Arial', name: 'Arimo', italics: true },
  /** A little wider than Consolas. */
  cousine: { office: 'Consolas', name: 'Cousine', italics: true },
  'ibm-plex-sans-arabic': { office: 'Arial', name: 'IBMPlexSansArabic', italics: false },
  'noto-sans-hebrew': { office: 'Arial', name: 'NotoSansHebrew', italics: false },
  'noto-sans-symbols-2': { office: 'Segoe UI Symbol', name: 'NotoSansSymbols2', italics: false },
  'noto-sans-math': { office: 'Cambria Math', name: 'NotoSansMath', italics: false },
  'noto-emoji': { office: 'Segoe UI Emoji', name: 'NotoEmoji', italics: false },
} as const
export type Family = keyof typeof families

/** The families that a theme can be set in. */
export type TextFamily = 'carlito' | 'gelasio' | 'arimo' | 'cousine'

export interface Face {
  bold: boolean
  italic: boolean
}

const onlyRegular = new Set<Family>(['noto-sans-symbols-2', 'noto-sans-math'])

/** The file of a face inside of its package, and the nearest one where a family lacks it. */
export function faceFile(family: Family, { bold, italic }: Face): string {
  const { name, italics } = families[family]
  const weight = bold && !onlyRegular.has(family) ? '700Bold' : '400Regular'
  const face = italic && italics ? `${weight}_Italic` : weight
  return `@expo-google-fonts/${family}/${face}/${name}_${face}.ttf`
}
