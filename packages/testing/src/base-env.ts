/** What a process that a test starts may see of the developer's environment: where programs are, and no settings. */
export function baseEnv(): Record<string, string> {
  return Object.fromEntries(
    // Many processes load the same modules: with its cache, node compiles them once.
    ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE'].flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
