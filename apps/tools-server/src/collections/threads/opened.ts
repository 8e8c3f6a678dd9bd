/** The collections that were searched last, with their indexes open: as many as the memory allows. */
import type { SearchedCollection, WordsIndex } from '@tandem/db'
import { wordsPath } from '../places.ts'
import type { LoadedTopics } from '../topics/topic-index.ts'
import { openWordsFile } from '../words/words-file.ts'
import type { LoadedVectors } from './load-vectors.ts'
import type { ThreadData } from './thread-data.ts'

export interface Open {
  words: WordsIndex
  /** By embedder: one, but for the time in which another takes over. */
  vectors: Map<string, LoadedVectors>
  topics?: LoadedTopics
}

export interface Opened {
  use(collection: SearchedCollection): Open
  /** Closes what was used longest ago, but not this one. */
  makeRoom(keep: number): void
  forget(rowId: number): void
  forgetAll(): void
}

/** Open files. */
const maxOpen = 64

export function createOpened({ indexesDir, memoryMb }: ThreadData): Opened {
  // In the order of their last use.
  const opened = new Map<number, Open>()

  function forget(rowId: number): void {
    const open = opened.get(rowId)
    opened.delete(rowId)
    open?.words.close()
    for (const index of open?.vectors.values() ?? []) index.dispose()
  }

  return {
    use({ rowId, id }) {
      const open = opened.get(rowId) ?? {
        words: openWordsFile({ path: wordsPath(indexesDir, rowId), collection: id }),
        vectors: new Map<string, LoadedVectors>(),
      }
      opened.delete(rowId)
      opened.set(rowId, open)
      return open
    },
    makeRoom(keep) {
      let bytes = 0
      for (const [place, [rowId, open]] of [...opened].toReversed().entries()) {
        bytes += bytesOf(open)
        const isTooMuch = bytes > memoryMb * 2 ** 20 || place >= maxOpen
        if (isTooMuch && rowId !== keep) forget(rowId)
      }
    },
    forget,
    forgetAll: () => [...opened.keys()].forEach(forget),
  }
}

function bytesOf({ vectors, topics }: Open): number {
  let bytes = topics?.bytes ?? 0
  for (const index of vectors.values()) bytes += index.bytes
  return bytes
}
