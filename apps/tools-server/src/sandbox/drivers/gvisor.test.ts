import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createGvisorDriver } from './gvisor.ts'

const python = { executable: '/usr/bin/python3.11', version: '3.11.2', folders: [] }
const supervisor = { supervisor: Buffer.from('supervisor'), runner: Buffer.from('runner') }

test('runs a bundle of its own, without network, and removes it', () => {
  const driver = createGvisorDriver({
    python,
    supervisor,
    findProgram: (name) => `/usr/bin/${name}`,
  })
  const { args, command, cleanup } = driver.spec({ preload: ['numpy'] })
  expect(command).toBe('/usr/bin/runsc')
  expect(args).toContain('run')
  expect(args).not.toContain('do')
  expect(args).toContain('--network=none')
  const bundle = args[args.indexOf('--bundle') + 1] ?? ''
  const config = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as {
    process: { args: string[]; capabilities: Record<string, string[]>; user: { uid: number } }
    root: { readonly: boolean }
    mounts: { destination: string; options?: string[] }[]
  }
  expect(config.process.args.slice(-2)).toEqual(['/run/supervisor.py', 'numpy'])
  expect(Object.values(config.process.capabilities).flat()).toEqual([])
  expect(config.process.user.uid).toBe(1000)
  expect(config.root.readonly).toBe(true)
  for (const { destination, options = [] } of config.mounts) {
    if (destination === '/proc') continue
    const isBounded = options.some((option) => option.startsWith('size='))
    expect([destination, isBounded || options.includes('ro')]).toEqual([destination, true])
  }
  expect(readFileSync(join(bundle, 'root/run/runner.py'), 'utf8')).toBe('runner')
  cleanup?.()
  expect(existsSync(bundle)).toBe(false)
})

test('says that it is not installed', () => {
  const driver = createGvisorDriver({ python, supervisor, findProgram: () => undefined })
  expect(() => driver.spec({ preload: [] })).toThrow('runsc')
})
