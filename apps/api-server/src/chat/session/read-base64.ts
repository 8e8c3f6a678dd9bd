/**
 * Bytes that come in pieces as one text in base64 behind `head`. Each piece is written as it comes: in one go tens of
 * megabytes would hold up all other requests.
 * @param bytes how many will come
 * @throws Error where others come
 */
export async function readBase64(
  source: AsyncIterable<Buffer>,
  { head, bytes }: { head: string; bytes: number },
): Promise<string> {
  const text = Buffer.alloc(head.length + Math.ceil(bytes / 3) * 4)
  let end = text.write(head, 'latin1')
  let rest: Buffer = Buffer.alloc(0)
  const write = (piece: Buffer): void => void (end += text.write(piece.toString('base64'), end))
  for await (const chunk of source) {
    const piece = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const whole = piece.length - (piece.length % 3)
    write(piece.subarray(0, whole))
    rest = piece.subarray(whole)
  }
  write(rest)
  if (end !== text.length)
    throw new Error(`a file of ${bytes} bytes came with more or less of them`)
  return text.toString('latin1')
}
