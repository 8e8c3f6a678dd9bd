/** Runs what concerns one collection one after the other. */
export function createTurns(): <T>(key: number, run: () => Promise<T>) => Promise<T> {
  const last = new Map<number, Promise<unknown>>()
  return (key, run) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(run, run)
    last.set(key, turn)
    const forget = (): void => {
      if (last.get(key) === turn) last.delete(key)
    }
    turn.then(forget, forget)
    return turn
  }
}
