/** The words index of a collection: opened, made anew where it cannot be, and brought up to date with the chunks. */
import { rmSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openWordsIndex, type ChunkTags, type RetrievalRows, type WordsIndex } from '@tandem/db'
import { toIndexText } from './analyze.ts'

export interface WordsFile {
  path: string
  collection: string
}

/** A file that is broken or foreign is removed and made anew: all that is in it is in the chunks too. */
export function openWordsFile(file: WordsFile): WordsIndex {
  try {
    return openWordsIndex(file)
  } catch {
    removeWordsFile(file.path)
    return openWordsIndex(file)
  }
}

export function removeWordsFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}

/** Chunks added in one transaction. */
const pageSize = 500

/** Adds what is new and takes away what is gone or changed. A process that dies in it goes on from there. */
export async function updateWords(
  words: WordsIndex,
  rows: RetrievalRows,
  { collectionRow, generation }: { collectionRow: number; generation: number },
): Promise<void> {
  if (words.generation() === generation) return
  const { missing, gone } = difference(await rows.tags(collectionRow), words.tags())
  for (let from = 0; from < gone.length; from += pageSize) {
    words.update({ add: [], remove: gone.slice(from, from + pageSize) })
  }
  const tagOf = new Map(missing.map(({ rowId, tag }) => [rowId, tag]))
  for (let from = 0; from < missing.length; from += pageSize) {
    const page = missing.slice(from, from + pageSize).map(({ rowId }) => rowId)
    const add = (await rows.texts(page)).map((each) => ({
      rowId: each.rowId,
      tag: tagOf.get(each.rowId) ?? 0,
      title: toIndexText(each.title),
      heading: toIndexText(each.heading),
      text: toIndexText(each.text),
    }))
    words.update({ add, remove: [] })
    await nextTurn()
  }
  words.update({ add: [], remove: [], generation })
}

function difference(
  wanted: ChunkTags,
  present: ChunkTags,
): { missing: { rowId: number; tag: number }[]; gone: number[] } {
  const has = new Map(Array.from(present.rowIds, (rowId, at) => [rowId, present.tags[at]]))
  const missing: { rowId: number; tag: number }[] = []
  for (const [at, rowId] of wanted.rowIds.entries()) {
    const tag = wanted.tags[at] ?? 0
    if (has.get(rowId) === tag) has.delete(rowId)
    else missing.push({ rowId, tag })
  }
  return { missing, gone: [...has.keys()] }
}
