import { join } from 'node:path'

/** Where the index files of a collection lie: a folder of its own, which goes with it. */
export function folderOf(indexesDir: string, collectionRow: number): string {
  return join(indexesDir, String(collectionRow))
}

export function wordsPath(indexesDir: string, collectionRow: number): string {
  return join(folderOf(indexesDir, collectionRow), 'words.db')
}

export function topicsPath(indexesDir: string, collectionRow: number): string {
  return join(folderOf(indexesDir, collectionRow), 'topics.bin')
}
