const backslash = 0x5c
const letterU = 0x75

/** Bytes that are decoded in one go. */
const pieceBytes = 256 * 1024

/**
 * A long string of JSON, piece by piece. What comes of it is a rope to V8, which costs nothing until somebody reads letters
 * of it: whoever passes a text on does not pay for it.
 * @param from where it starts, behind its quote
 * @param to where its closing quote is
 * @throws SyntaxError
 */
export async function readText(
  json: Buffer,
  { from, to }: { from: number; to: number },
  turns: () => Promise<void>,
): Promise<string> {
  let text = ''
  for (let start = from; start < to;) {
    const end = start + pieceBytes < to ? cutBefore(json, start, start + pieceBytes) : to
    text += JSON.parse(`"${json.toString('utf8', start, end)}"`) as string
    start = end
    await turns()
  }
  return text
}

/** The last place up to `at` that is not within a character or an escape. @param start such a place before it */
function cutBefore(json: Buffer, start: number, at: number): number {
  let cut = at
  while (isContinuation(json[cut])) cut -= 1
  for (let escape = cut - 1; escape > cut - longestEscape; escape -= 1) {
    if (json[escape] !== backslash) continue
    const length = json[escape + 1] === letterU ? longestEscape : 2
    if (escape + length > cut && beginsEscape(json, start, escape)) return escape
  }
  return cut
}

/** `\u0041` */
const longestEscape = 6

/** The second of two backslashes does not. */
function beginsEscape(json: Buffer, start: number, at: number): boolean {
  let first = at
  while (first > start && json[first - 1] === backslash) first -= 1
  return (at - first) % 2 === 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
