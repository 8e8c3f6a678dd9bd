/** Classic BPF as seccomp takes it: https://docs.kernel.org/userspace-api/seccomp_filter.html */

export interface Instruction {
  code: number
  k: number
  jumpTrue?: number
  jumpFalse?: number
}

const codes = {
  load: 0x20,
  and: 0x54,
  jumpIfEqual: 0x15,
  jumpIfAtLeast: 0x35,
  jump: 0x05,
  ret: 0x06,
}

/** Offsets in `struct seccomp_data`; arguments are 64 bits, of which the lower half is read. */
export const offsets = { number: 0, architecture: 4, argument: (index: number) => 16 + index * 8 }

export const actions = {
  allow: 0x7fff0000,
  killProcess: 0x80000000,
  errno: (errno: number): number => 0x00050000 | errno,
}

export const load = (offset: number): Instruction => ({ code: codes.load, k: offset })
export const and = (mask: number): Instruction => ({ code: codes.and, k: mask })
export const ret = (action: number): Instruction => ({ code: codes.ret, k: action })

/** The action where the loaded value is equal to `k`; goes on behind it otherwise. */
export function returnIfEqual(k: number, action: number): Instruction[] {
  return [{ code: codes.jumpIfEqual, k, jumpTrue: 0, jumpFalse: 1 }, ret(action)]
}

/** The same for values of at least `k`. */
export function returnIfAtLeast(k: number, action: number): Instruction[] {
  return [{ code: codes.jumpIfAtLeast, k, jumpTrue: 0, jumpFalse: 1 }, ret(action)]
}

/** What holds for values from `start` up to the next one's start. Each body ends with a return. */
export interface Segment {
  start: number
  body: Instruction[]
}

/** A binary search over segments, which are sorted by their start and begin at 0. */
export function searchSegments(segments: readonly Segment[]): Instruction[] {
  const [first] = segments
  if (!first) return []
  if (segments.length === 1) return first.body
  const middle = Math.floor(segments.length / 2)
  const left = searchSegments(segments.slice(0, middle))
  const right = searchSegments(segments.slice(middle))
  const split = segments[middle]?.start ?? 0
  return [
    // Conditional jumps reach only 255 instructions, so the far one goes by a plain jump.
    { code: codes.jumpIfAtLeast, k: split, jumpTrue: 0, jumpFalse: 1 },
    { code: codes.jump, k: left.length },
    ...left,
    ...right,
  ]
}

/** `struct sock_filter[]`, little-endian. */
export function assemble(program: readonly Instruction[]): Buffer {
  if (program.length > 4096) throw new Error('A BPF program has at most 4096 instructions.')
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, { code, k, jumpTrue = 0, jumpFalse = 0 }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(jumpTrue, index * 8 + 2)
    bytes.writeUInt8(jumpFalse, index * 8 + 3)
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4)
  }
  return bytes
}
