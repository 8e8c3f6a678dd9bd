/** Work under the same key is done one after the other, in the order in which it came. */
export interface OneAtATime {
  <Result>(key: string, work: () => Promise<Result>): Promise<Result>
}

export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = last.get(key)
    const mine = (async () => {
      // How the one before ended is its own caller's business.
      await before?.catch(() => undefined)
      return await work()
    })()
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
