/** Whether a failed system call gave this code. Not by `instanceof`: under Jest, Node's errors are of another realm. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
