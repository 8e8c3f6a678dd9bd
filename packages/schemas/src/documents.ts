import { z } from 'zod'

/** A piece of a document as its parser found it: a paragraph, a row, a function; with where it stands. */
export const documentBlockSchema = z.object({
  text: z.string(),
  page: z.number().int().positive().optional(),
  /** The path of headings above it: `Chapter > Section`. */
  heading: z.string().optional(),
  sheet: z.string().optional(),
  line: z.number().int().positive().optional(),
})
export type DocumentBlock = z.infer<typeof documentBlockSchema>

/** What parsers make of a file and collections take. */
export const parsedDocumentSchema = z.object({
  title: z.string(),
  blocks: z.array(documentBlockSchema),
})
export type ParsedDocument = z.infer<typeof parsedDocumentSchema>
