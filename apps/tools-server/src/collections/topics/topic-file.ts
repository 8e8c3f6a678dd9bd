/** Topics on disk: a header of JSON with the terms, then the numbers. Whatever is wrong with it, there is none. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { TopicModel } from './fit-topics.ts'

export interface Topics {
  model: TopicModel
  sections: TopicSection[]
}

export interface TopicSection {
  documentRow: number
  rowIds: number[]
  tags: number[]
  vector: Float32Array
}

const headerSchema = z.object({
  format: z.literal(1),
  collection: z.string(),
  dimensions: z.number().int().positive(),
  terms: z.array(z.string()),
  sections: z.array(
    z.object({ documentRow: z.number(), rowIds: z.array(z.number()), tags: z.array(z.number()) }),
  ),
})

export async function saveTopics(
  path: string,
  collection: string,
  { model, sections }: Topics,
): Promise<void> {
  const header = Buffer.from(
    JSON.stringify({
      format: 1,
      collection,
      dimensions: model.dimensions,
      terms: model.terms,
      sections: sections.map(({ documentRow, rowIds, tags }) => ({ documentRow, rowIds, tags })),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.byteLength)
  const numbers = [model.idf, model.basis, ...sections.map(({ vector }) => vector)].map(toBuffer)
  const body = Buffer.concat([length, header, ...numbers])
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.part`, Buffer.concat([sha256(body), body]), { mode: 0o600, flush: true })
  await rename(`${path}.part`, path)
}

export async function loadTopics(path: string, collection: string): Promise<Topics | undefined> {
  try {
    const bytes = await readFile(path)
    const body = bytes.subarray(32)
    if (!sha256(body).equals(bytes.subarray(0, 32))) return undefined
    const headerEnd = 4 + body.readUInt32LE(0)
    const header = headerSchema.parse(JSON.parse(body.toString('utf8', 4, headerEnd)))
    if (header.collection !== collection) return undefined
    return toTopics(header, new Uint8Array(body.subarray(headerEnd)).buffer)
  } catch {
    return undefined
  }
}

function toTopics(
  { terms, dimensions, sections }: z.infer<typeof headerSchema>,
  numbers: ArrayBuffer,
): Topics {
  const idf = new Float32Array(numbers, 0, terms.length)
  const basis = new Float32Array(numbers, terms.length * 4, terms.length * dimensions)
  const from = (terms.length + terms.length * dimensions) * 4
  return {
    model: { terms, idf, basis, dimensions },
    sections: sections.map((section, at) => ({
      ...section,
      vector: new Float32Array(numbers, from + at * dimensions * 4, dimensions),
    })),
  }
}

function toBuffer(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
