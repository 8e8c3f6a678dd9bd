/** How many slides an instruction asks for. */

/** From one on; without those that are another language's words for something else (UN, once). */
const spoken = [
  'one two three four five six seven eight nine ten eleven twelve',
  'eins zwei drei vier fünf sechs sieben acht neun zehn',
  '- deux trois quatre cinq six sept huit neuf dix onze douze',
  '- dos tres cuatro cinco seis siete ocho nueve diez',
  '一 二 三 四 五 六 七 八 九 十',
]
const words: ReadonlyMap<string, number> = new Map(
  spoken.flatMap((list) => list.split(' ').map((word, at) => [word, at + 1] as const)),
)

const slide = 'slides?|pages?|Folien|Seiten|diapositives?|diapositivas?|láminas|слайд\\p{L}*|شرائح'
const number = `\\d{1,3}|${[...words.keys()].filter((word) => word !== '-').join('|')}`
/** "3 short slides", but not "3 cats in slides". */
const between =
  '(?:(?!(?:in|on|as|to|for|with|about|into|auf|zu|en|sur|sobre)\\s)\\p{L}+[\\s-]+){0,2}?'
const counted = new RegExp(
  `(?<![\\p{L}\\d.,])(${number})[\\s-]*${between}(?:${slide})(?!\\p{L})`,
  'iu',
)
const countedWithoutSpaces = /(\d{1,3}|[三四五六七八九十])\s*(?:张幻灯片|張投影片|頁|页|枚|장)/u
const most = 60

/** The number in "a 5-slide presentation" or "in zehn Folien"; undefined where none is said. */
export function requestedSlides(instruction: string): number | undefined {
  const text = instruction.slice(0, 4000)
  const [, found] = counted.exec(text) ?? countedWithoutSpaces.exec(text) ?? []
  if (found === undefined) return undefined
  const count = words.get(found.toLowerCase()) ?? Number(found)
  return count >= 1 && count <= most ? count : undefined
}
