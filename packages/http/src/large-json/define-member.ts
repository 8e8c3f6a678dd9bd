/** As `JSON.parse` does it: `__proto__` is a member like any other. */
export function defineMember(object: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    })
  } else (object as Record<string, unknown>)[key] = value
}
