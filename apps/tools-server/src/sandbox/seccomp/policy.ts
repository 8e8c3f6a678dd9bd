import {
  actions,
  and,
  assemble,
  load,
  offsets,
  ret,
  returnIfAtLeast,
  returnIfEqual,
  searchSegments,
  type Instruction,
  type Segment,
} from './bpf.ts'
import { syscallNumbers, type Architecture } from './syscalls.ts'

const auditArchitecture = { x64: 0xc000003e, arm64: 0xc00000b7 } as const
/** Calls of the x32 ABI, which share the audit architecture of x86-64. */
const x32Bit = 0x40000000

const errno = { EPERM: 1, ENOTTY: 25, ENOSYS: 38, EAFNOSUPPORT: 97, ENETUNREACH: 101 } as const
const permit = ret(actions.allow)
const refuse = ret(actions.errno(errno.EPERM))

const family = { unix: 1, inet: 2, inet6: 10 } as const
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const namespaceFlags = 0x7e020000
/** PR_SET/GET_PDEATHSIG, DUMPABLE, NAME, TIMERSLACK, CAPBSET_READ, SET/GET_NO_NEW_PRIVS, SET_VMA. */
const prctls = [1, 2, 3, 4, 15, 16, 23, 29, 30, 38, 39, 0x53564d41]
/** TCGETS, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: nothing that types into a terminal. */
const ioctls = [0x5401, 0x540f, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451]
/** F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ: memory and signals that no limit counts. */
const refusedFcntls = [1024, 1026, 1031]

/** What a checked call answers, by its arguments. Limits and priorities may be set for oneself (0) only. */
const argumentRules: Readonly<Record<string, readonly Instruction[]>> = {
  clone: [
    load(offsets.argument(0)),
    and(namespaceFlags),
    ...returnIfEqual(0, actions.allow),
    refuse,
  ],
  socket: [
    load(offsets.argument(0)),
    ...returnIfEqual(family.unix, actions.allow),
    ...returnIfEqual(family.inet, actions.errno(errno.ENETUNREACH)),
    ...returnIfEqual(family.inet6, actions.errno(errno.ENETUNREACH)),
    ret(actions.errno(errno.EAFNOSUPPORT)),
  ],
  socketpair: [...allowOnly(0, [family.unix]).slice(0, -1), ret(actions.errno(errno.EAFNOSUPPORT))],
  prctl: allowOnly(0, prctls),
  ioctl: [...allowOnly(1, ioctls).slice(0, -1), ret(actions.errno(errno.ENOTTY))],
  fcntl: [
    load(offsets.argument(1)),
    ...refusedFcntls.flatMap((command) => returnIfEqual(command, actions.errno(errno.EPERM))),
    permit,
  ],
  prlimit64: allowOnly(0, [0]),
  setpriority: allowOnly(1, [0]),
  sched_setaffinity: allowOnly(0, [0]),
  // Asking, and the default.
  personality: allowOnly(0, [0, 0xffffffff]),
}

function allowOnly(argument: number, values: readonly number[]): Instruction[] {
  return [
    load(offsets.argument(argument)),
    ...values.flatMap((value) => returnIfEqual(value, actions.allow)),
    refuse,
  ]
}

/**
 * The filter of the sandbox: an allow-list; dangerous calls answer EPERM and unknown ones ENOSYS, so that programs fall
 * back to older calls. A process that calls through another architecture's table is killed.
 */
export function seccompProgram(architecture: Architecture): Buffer {
  return assemble([
    load(offsets.architecture),
    ...skipIfEqual(auditArchitecture[architecture]),
    ret(actions.killProcess),
    load(offsets.number),
    ...returnIfAtLeast(x32Bit, actions.killProcess),
    ...searchSegments(toSegments(architecture)),
  ])
}

function skipIfEqual(k: number): Instruction[] {
  return [{ code: 0x15, k, jumpTrue: 1, jumpFalse: 0 }]
}

function toSegments(architecture: Architecture): Segment[] {
  const { allowed, denied, checked } = syscallNumbers(architecture)
  const rules = new Map<number, readonly Instruction[]>([
    ...allowed.map((number) => [number, [permit]] as const),
    ...denied.map((number) => [number, [refuse]] as const),
  ])
  for (const [name, number] of checked) rules.set(number, argumentRules[name] ?? [refuse])
  const unknown = [ret(actions.errno(errno.ENOSYS))]
  const numbers = Array.from({ length: Math.max(...rules.keys()) + 2 }, (_, number) => number)
  const segments = numbers.map((start) => ({ start, body: [...(rules.get(start) ?? unknown)] }))
  return segments.filter(
    ({ body }, index) => JSON.stringify(body) !== JSON.stringify(segments[index - 1]?.body),
  )
}
