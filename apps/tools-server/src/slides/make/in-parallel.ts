/**
 * Runs tasks side by side, at most `limit` at once, and yields each result as it comes. Where one throws nothing more
 * begins and that is thrown; what still runs has to be ended by its signal.
 */
export async function* inParallel<Result>(
  tasks: readonly (() => Promise<Result>)[],
  limit: number,
): AsyncGenerator<{ at: number; result: Result }, void> {
  const running = new Map<number, Promise<{ at: number; result: Result }>>()
  let next = 0
  const fill = (): void => {
    for (; running.size < limit && next < tasks.length; next += 1) {
      const at = next
      const task = tasks[at]
      if (task)
        running.set(
          at,
          task().then((result) => ({ at, result })),
        )
    }
  }
  try {
    for (fill(); running.size > 0; fill()) {
      const done = await Promise.race(running.values())
      running.delete(done.at)
      yield done
    }
  } finally {
    void Promise.allSettled(running.values())
  }
}
