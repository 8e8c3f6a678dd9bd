import type { ReadFileText } from '../../src/collections/indexing/parse-files.ts'

/** Where documents come as text alone. */
export const noFiles: ReadFileText = () => Promise.reject(new Error('There are no files here.'))
