/** Writes a text that a regular expression accepts, without ever running it: a hostile one could run for years. */

const longestPattern = 500
const longestText = 1000

const symbol =
  /\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|\{\d+(?:,\d*)?\}\??|[*+?]\??|./gsu

/** Takes each alternative's first branch and each repetition's least count; lookarounds are passed over. */
export function textMatching(pattern: string): string {
  const symbols = pattern.slice(0, longestPattern).match(symbol) ?? []
  let at = 0

  const alternation = (): string => {
    const first = sequence()
    while (symbols[at] === '|') {
      at++
      sequence()
    }
    return first
  }

  const sequence = (): string => {
    let text = ''
    while (at < symbols.length && symbols[at] !== '|' && symbols[at] !== ')') {
      const piece = atom(symbols[at++] ?? '')
      const least = leastCount(symbols[at])
      if (least !== undefined) at++
      text = (text + piece.repeat(Math.min(least ?? 1, longestText))).slice(0, longestText)
    }
    return text
  }

  const atom = (opening: string): string => {
    if (!opening.startsWith('(')) return characterFor(opening)
    const inside = alternation()
    at++
    return /[=!]$/.test(opening) ? '' : inside
  }

  return alternation()
}

/** Undefined where it is no quantifier. */
function leastCount(quantifier: string | undefined): number | undefined {
  if (quantifier === undefined || !/^(?:[*+?]\??|\{\d.*\}\??)$/.test(quantifier)) return undefined
  const least = /\d+/.exec(quantifier)?.[0]
  return least === undefined ? Number(quantifier.startsWith('+')) : Number(least)
}

const escapes: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  p: 'A',
  P: '-',
  n: '\n',
  t: '\t',
  b: '',
  B: '',
}

function characterFor(atom: string): string {
  if (atom === '^' || atom === '$') return ''
  if (atom === '.') return 'a'
  if (atom.startsWith('\\')) return escapes[atom.charAt(1)] ?? atom.charAt(1)
  return atom.length > 1 ? memberOf(atom.slice(1, -1)) : atom
}

/** Of a class its first member; of a negated one a common character that it does not list. */
function memberOf(members: string): string {
  if (!members.startsWith('^')) return characterFor(/^(?:\\.|.)/su.exec(members)?.[0] ?? '') || '^'
  const excluded = members.slice(1)
  const isExcluded = (character: string): boolean =>
    excluded.includes(character) ||
    (/[a-z]-[a-z]|\\w|\\S/.test(excluded) && /[a-z]/.test(character)) ||
    (/[A-Z]-[A-Z]|\\w|\\S/.test(excluded) && /[A-Z]/.test(character)) ||
    (/\d-\d|\\[wdS]/.test(excluded) && /\d/.test(character))
  return ['a', 'A', '1', '_', '-', ' '].find((character) => !isExcluded(character)) ?? '~'
}
