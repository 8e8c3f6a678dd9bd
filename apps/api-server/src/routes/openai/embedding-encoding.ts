import { z } from 'zod'
import { AppError, type EmbeddingsRequest } from '@tandem/schemas'

const embeddingsSchema = z.looseObject({
  data: z.array(z.looseObject({ embedding: z.union([z.string(), z.array(z.number())]) })),
})

/**
 * Some servers ignore `encoding_format` (the OpenAI SDK asks for base64 by default and reads floats as garbage) and
 * `dimensions`. The bytes stay as they are where the upstream did as asked.
 * @throws AppError `unsupported_parameter` where the vectors are not as long as asked
 */
export function toAskedEncoding(
  bytes: Buffer,
  { encoding_format, dimensions }: EmbeddingsRequest,
): Buffer | object {
  const asked = encoding_format ?? 'float'
  if (!dimensions && encodingOf(bytes) === asked) return bytes
  const parsed = parse(bytes)
  if (dimensions) assertLength(parsed, dimensions)
  if (encodingOf(bytes) === asked) return bytes
  const data = parsed.data.map((item) => ({ ...item, embedding: encode(item.embedding, asked) }))
  return { ...parsed, data }
}

type Embeddings = z.infer<typeof embeddingsSchema>
type Encoding = 'float' | 'base64'

/** By the first byte of the first vector. */
function encodingOf(bytes: Buffer): Encoding | undefined {
  const match = /"embedding"\s*:\s*(["[])/.exec(bytes.toString('latin1', 0, 4096))
  if (!match) return undefined
  return match[1] === '"' ? 'base64' : 'float'
}

function parse(bytes: Buffer): Embeddings {
  try {
    return embeddingsSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw new AppError('upstream_invalid_response', { cause, spent: true })
  }
}

function assertLength({ data }: Embeddings, dimensions: number): void {
  const actual = data
    .map(({ embedding }) => toFloats(embedding).length)
    .find((length) => length !== dimensions)
  if (actual === undefined) return
  throw new AppError('unsupported_parameter', {
    message: `This model's embeddings have ${actual} dimensions; it cannot shorten them to ${dimensions}. Leave dimensions out.`,
    param: 'dimensions',
  })
}

function encode(embedding: string | number[], asked: Encoding): string | number[] {
  if (asked === 'float') return toFloats(embedding)
  return typeof embedding === 'string' ? embedding : toBase64(embedding)
}

/** Base64 of little-endian float32. */
function toFloats(embedding: string | number[]): number[] {
  if (typeof embedding !== 'string') return embedding
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readFloatLE(index * 4))
}

function toBase64(floats: readonly number[]): string {
  const bytes = Buffer.alloc(floats.length * 4)
  for (const [index, value] of floats.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
