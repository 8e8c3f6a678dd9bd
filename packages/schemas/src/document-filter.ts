import { z } from 'zod'

const valueSchema = z.union([z.string(), z.number(), z.boolean()])

const comparisonSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['eq', 'ne']), key: z.string(), value: valueSchema }),
  z.object({ type: z.enum(['gt', 'gte', 'lt', 'lte']), key: z.string(), value: z.number() }),
  z.object({
    type: z.enum(['in', 'nin']),
    key: z.string(),
    value: z.array(z.union([z.string(), z.number()])).max(100),
  }),
])
export type DocumentComparison = z.infer<typeof comparisonSchema>

/** A filter on documents' attributes, in the shape of OpenAI's vector stores. */
export type DocumentFilter = DocumentComparison | { type: 'and' | 'or'; filters: DocumentFilter[] }

const compoundSchema = (inner: z.ZodType<DocumentFilter>): z.ZodType<DocumentFilter> =>
  z.object({ type: z.enum(['and', 'or']), filters: z.array(inner).min(1).max(50) })

/** Three levels of and/or say everything that people ask. */
const levels = 3

function schemaOf(level: number): z.ZodType<DocumentFilter> {
  return level === 0
    ? comparisonSchema
    : z.union([comparisonSchema, compoundSchema(schemaOf(level - 1))])
}

export const documentFilterSchema: z.ZodType<DocumentFilter> = schemaOf(levels)
