/** The files that a conversation brings, as its block of attachments tells of them. */

export interface AttachedFile {
  name: string
  /** `CSV table`, or why it cannot be read. */
  kind: string
  facts: string[]
  /** Of what it holds; empty where nothing is shown. */
  excerpt: string[]
}

const block = /^<attachments>\n([^]*?)\n<\/attachments>(?:\n+|$)/
const entry = /<file [^>\n]*?name="([^"\n]*)"[^>\n]*>\n([^]*?)\n?<\/file>/g

/** What the user wrote, without the block that was put in front of it. */
export function withoutBlock(text: string): string {
  return text.replace(block, '')
}

export function readAttachments(texts: readonly string[]): AttachedFile[] {
  return texts.flatMap((text) => {
    const inside = block.exec(text)?.[1] ?? ''
    return [...inside.matchAll(entry)].map(([, name = '', body = '']) => toFile(name, body))
  })
}

function toFile(name: string, body: string): AttachedFile {
  const lines = body.split('\n')
  const begins = lines.indexOf('It begins:')
  const [kind = '', ...facts] = begins < 0 ? lines : lines.slice(0, begins)
  return { name, kind, facts, excerpt: begins < 0 ? [] : lines.slice(begins + 1) }
}
