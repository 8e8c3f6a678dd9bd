/** A PDF of these objects, in latin1, numbered from 1; the first is the catalogue. */
export function assemblePdf(objects: readonly string[]): Buffer {
  const parts = ['%PDF-1.4\n']
  const offsets: number[] = []
  let offset = parts[0]?.length ?? 0
  for (const [at, object] of objects.entries()) {
    const part = `${at + 1} 0 obj\n${object}\nendobj\n`
    offsets.push(offset)
    offset += part.length
    parts.push(part)
  }
  const table = offsets.map((each) => `${String(each).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`,
    `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`,
  )
  return Buffer.from(parts.join(''), 'latin1')
}
