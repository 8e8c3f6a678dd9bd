/** A server in the middle of reading a document: killed by its test. */
import { createDocuments, type OwnedFile } from '../../src/documents/documents.ts'

const file = JSON.parse(process.argv[2] ?? '') as OwnedFile
const { signal } = new AbortController()
await createDocuments().parse(file, { signal })
