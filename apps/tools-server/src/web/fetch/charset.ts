/** In the order that browsers use: byte order mark, header, `<meta>`, then UTF-8 if it is that, else windows-1252. */
export function decodeText(bytes: Buffer, contentType: string): string {
  const label = fromMark(bytes) ?? fromHeader(contentType) ?? fromMeta(bytes)
  const decoder = (label !== undefined && tryDecoder(label)) || undefined
  if (decoder) return decoder.decode(bytes)
  try {
    // A stream may end in half a character: the body may have been cut.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function fromMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return undefined
}

function fromHeader(contentType: string): string | undefined {
  return /charset\s*=\s*"?([\w:.-]+)/i.exec(contentType)?.[1]
}

function fromMeta(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 2048).toString('latin1')
  const label =
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]+)/i.exec(head)?.[1] ??
    /^<\?xml[^>]{0,100}encoding\s*=\s*["']([\w:.-]+)/i.exec(head)?.[1]
  // A <meta> that could be read byte by byte is not in UTF-16, whatever it says.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label
}

function tryDecoder(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}
