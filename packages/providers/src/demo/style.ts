/** What plain rules can do about the manner of an answer. */
interface Style {
  asked: RegExp
  apply(text: string, match: RegExpExecArray): string
}

const answering = String.raw`\b(?:answer|reply|respond|speak|write|say|talk|shout|output)\b[^.\n]{0,60}`
const quoted = String.raw`(?:with|by saying)?(?: the)?(?: words?| phrase| text)?:? ?["“']([^"”'\n]{1,200})["”']`
const each = String.raw`(?:every|each|all|your)?[^.\n"“']{0,40}`

/** In the order in which they apply: "answer only with …" leaves nothing of the rest. */
const styles: readonly Style[] = [
  {
    asked: new RegExp(
      String.raw`\b(?:only|always|exactly) (?:answer|reply|respond) ${quoted}`,
      'i',
    ),
    apply: (_text, [, words = '']) => words,
  },
  {
    asked: new RegExp(
      String.raw`\b(?:answer|reply|respond) (?:only|always|exactly|just) ${quoted}`,
      'i',
    ),
    apply: (_text, [, words = '']) => words,
  },
  {
    asked:
      /\b(?:only|just) (?:with )?(?:the|a) (?:final )?(?:number|numeric(?:al)? (?:answer|value)|result)\b|\bnumber only\b/i,
    apply: (text) => text.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)?.at(-1) ?? text,
  },
  {
    asked: /\b(?:in|only) one sentence\b/i,
    apply: (text) => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text,
  },
  {
    asked: new RegExp(String.raw`\b(?:start|begin|preface) ${each}${quoted}`, 'i'),
    apply: (text, [, words = '']) => `${words} ${text}`,
  },
  {
    asked: new RegExp(String.raw`\b(?:end|finish|conclude) ${each}${quoted}`, 'i'),
    apply: (text, [, words = '']) => `${text} ${words}`,
  },
  {
    asked: new RegExp(
      String.raw`${answering}\b(?:upper ?-?case|all caps|capital letters)\b|\ball caps\b`,
      'i',
    ),
    apply: (text) => text.toUpperCase(),
  },
  {
    asked: new RegExp(String.raw`${answering}\b(?:lower ?-?case|small letters)\b`, 'i'),
    apply: (text) => text.toLowerCase(),
  },
]

/** The answer in the manner that the instructions (the system message, the request) ask for. */
export function styled(text: string, instructions: string): string {
  return styles.reduce((styledText, { asked, apply }) => {
    const match = asked.exec(instructions.slice(0, 8000))
    return match ? apply(styledText, match) : styledText
  }, text)
}
