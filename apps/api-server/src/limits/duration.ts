/** A time as OpenAI's rate limit headers write it: `12ms`, `7s`, `6m0s`. Rounded up: by then it is really over. */
export function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.ceil(ms))}ms`
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const rest = seconds % 3600
  const hours = seconds >= 3600 ? `${Math.floor(seconds / 3600)}h` : ''
  return `${hours}${Math.floor(rest / 60)}m${rest % 60}s`
}
