/**
 * Runs generators side by side, at most `limit` at once, and yields what they yield as it comes. `next` is asked for another
 * one whenever there is room, so what has just ended can decide what begins; it is over when nothing runs and `next` has
 * nothing. Where one throws nothing more begins, and that is thrown when the others have ended. Leaving early closes them.
 */
export async function* together<Event>(
  next: () => AsyncGenerator<Event, void> | undefined,
  limit: number,
): AsyncGenerator<Event, void> {
  const running = new Map<AsyncGenerator<Event, void>, Promise<Step<Event>>>()
  const failures: unknown[] = []
  const fill = (): void => {
    while (failures.length === 0 && running.size < limit) {
      const more = next()
      if (!more) return
      running.set(more, advance(more))
    }
  }
  try {
    for (fill(); running.size > 0; fill()) {
      const step = await Promise.race(running.values())
      if ('error' in step) failures.push(step.error)
      if ('value' in step) {
        running.set(step.from, advance(step.from))
        yield step.value
      } else running.delete(step.from)
    }
  } finally {
    // Not waited for: who leaves early aborts them only after this.
    for (const [from, step] of running) void Promise.allSettled([step, from.return()])
  }
  if (failures.length > 0) throw failures[0]
}

type Step<Event> = { from: AsyncGenerator<Event, void> } & (
  { value: Event } | { error: unknown } | { done: true }
)

async function advance<Event>(from: AsyncGenerator<Event, void>): Promise<Step<Event>> {
  try {
    const next = await from.next()
    return next.done ? { from, done: true } : { from, value: next.value }
  } catch (error) {
    return { from, error }
  }
}
