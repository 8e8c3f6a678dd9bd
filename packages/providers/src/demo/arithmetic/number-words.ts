const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
const values = new Map([
  ...small.split(' ').map((word, index) => [word, index] as const),
  ...tens.split(' ').map((word, index) => [word, (index + 2) * 10] as const),
])
const scales = new Map([
  ['hundred', 100],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
])

const word = `(?:${[...values.keys(), ...scales.keys()].toSorted((a, b) => b.length - a.length).join('|')})`
const number = new RegExp(
  String.raw`\b${word}\b(?:(?:[ -]|(?<=hundred|thousand|million) and )${word}\b)*`,
  'g',
)

/** "twenty-three plus two hundred and five" as "23 plus 205". Expects small letters. */
export function withDigits(text: string): string {
  return text.replaceAll(number, (words) => String(toNumber(words.split(/ and |[ -]/))))
}

function toNumber(words: readonly string[]): number {
  let total = 0
  let group = 0
  for (const word of words) {
    const scale = scales.get(word)
    if (scale === undefined) group += values.get(word) ?? 0
    else if (scale === 100) group = (group || 1) * scale
    else {
      total += (group || 1) * scale
      group = 0
    }
  }
  return total + group
}
