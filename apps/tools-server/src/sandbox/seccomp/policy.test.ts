import { expect, test } from '@jest/globals'
import { seccompProgram } from './policy.ts'
import { syscallNumbers, type Architecture } from './syscalls.ts'

const audit = { x64: 0xc000003e, arm64: 0xc00000b7 }
const allow = 0x7fff0000
const kill = 0x80000000
const errno = (number: number): number => 0x50000 + number

const programs = { x64: seccompProgram('x64'), arm64: seccompProgram('arm64') }

/** Runs the filter as the kernel would, on one system call. */
function decide(
  architecture: Architecture,
  number: number,
  { args = [], arch = audit[architecture] }: { args?: number[]; arch?: number } = {},
): number {
  const program = programs[architecture]
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number >>> 0, 0)
  data.writeUInt32LE(arch, 4)
  for (const [index, value] of args.entries()) data.writeUInt32LE(value >>> 0, 16 + index * 8)
  let accumulator = 0
  for (let at = 0; at < program.length / 8; at += 1) {
    const code = program.readUInt16LE(at * 8)
    const [jumpTrue, jumpFalse] = [program.readUInt8(at * 8 + 2), program.readUInt8(at * 8 + 3)]
    const k = program.readUInt32LE(at * 8 + 4)
    if (code === 0x20) accumulator = data.readUInt32LE(k)
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0
    else if (code === 0x15) at += accumulator === k ? jumpTrue : jumpFalse
    else if (code === 0x35) at += accumulator >= k ? jumpTrue : jumpFalse
    else if (code === 0x05) at += k
    else if (code === 0x06) return k
    else throw new Error(`unknown instruction ${code}`)
  }
  throw new Error('the filter has no end')
}

const architectures: Architecture[] = ['x64', 'arm64']

test.each(architectures)(
  'every call of the tables answers as its table says (%s)',
  (architecture) => {
    const { allowed, denied, checked } = syscallNumbers(architecture)
    expect(allowed.length + checked.size).toBeGreaterThan(150)
    const known = new Set([...allowed, ...denied, ...checked.values()])
    expect(known.size).toBe(allowed.length + denied.length + checked.size)
    for (let number = 0; number < 1024; number += 1) {
      if ([...checked.values()].includes(number)) continue
      const expected = allowed.includes(number) ? allow : errno(denied.includes(number) ? 1 : 38)
      expect([number, decide(architecture, number)]).toEqual([number, expected])
    }
    expect(decide(architecture, 0xffffffff)).toBe(kill)
  },
)

test.each(architectures)('other architectures are killed (%s)', (architecture) => {
  const { allowed } = syscallNumbers(architecture)
  const other = architecture === 'x64' ? audit.arm64 : audit.x64
  expect(decide(architecture, allowed[0] ?? 0, { arch: other })).toBe(kill)
  expect(decide(architecture, 3, { arch: 0x40000003 })).toBe(kill)
  expect(decide(architecture, 0x40000000)).toBe(kill)
})

test.each(architectures)('arguments decide (%s)', (architecture) => {
  const { checked } = syscallNumbers(architecture)
  const of = (name: string, ...args: number[]): number =>
    decide(architecture, checked.get(name) ?? -1, { args })
  expect(of('socket', 1)).toBe(allow)
  expect(of('socket', 2)).toBe(errno(101))
  expect(of('socket', 10)).toBe(errno(101))
  expect(of('socket', 40)).toBe(errno(97))
  expect(of('socketpair', 1)).toBe(allow)
  expect(of('socketpair', 2)).toBe(errno(97))
  expect(of('clone', 0x3d0f00)).toBe(allow)
  expect(of('clone', 17)).toBe(allow)
  for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
    expect(of('clone', flag | 17)).toBe(errno(1))
  expect(of('prlimit64', 0)).toBe(allow)
  expect(of('prlimit64', 1)).toBe(errno(1))
  expect(of('ioctl', 0, 0x5412)).toBe(errno(25))
  expect(of('ioctl', 0, 0x5413)).toBe(allow)
  expect(of('prctl', 22)).toBe(errno(1))
  expect(of('fcntl', 0, 1031)).toBe(errno(1))
  expect(of('fcntl', 0, 3)).toBe(allow)
  expect(of('personality', 0xffffffff)).toBe(allow)
  expect(of('personality', 0x40000)).toBe(errno(1))
})
