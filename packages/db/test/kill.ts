/** Kills a writing process at a random point and says what is wrong afterwards. */
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { openAppDb } from '../src/index.ts'
import { startChild } from './children.ts'
import { makeTempDb } from './temp-db.ts'

/** Returns how many messages were acknowledged and every fault found; none is the aim. */
export async function killWriters(
  rounds: number,
): Promise<{ acknowledged: number; faults: string[] }> {
  const temp = await makeTempDb()
  const lines: string[] = []
  const faults: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const child = await startChild('./write-messages.ts', [temp.path, temp.ann, String(round)])
    await sleep(Math.random() * 400)
    child.process.kill('SIGKILL')
    await child.ended
    const acknowledged = child.lines().slice(1)
    lines.push(...acknowledged)
    faults.push(...(await findFaults(temp.path, temp.ann, acknowledged)))
  }
  // Once more for all rounds: a later kill must not take what an earlier one left.
  faults.push(...(await findFaults(temp.path, temp.ann, lines)))
  await temp.remove()
  return { acknowledged: lines.length, faults }
}

async function findFaults(path: string, owner: string, acknowledged: string[]): Promise<string[]> {
  const plain = new Database(path, { timeout: 1000 })
  const integrity = plain.pragma('integrity_check', { simple: true })
  plain.close()
  const db = await openAppDb({ path })
  await db.messages.recoverInterrupted('all')
  const faults = integrity === 'ok' ? [] : [`integrity: ${String(integrity)}`]
  const bySession = Map.groupBy(acknowledged, (line) => line.split('\t')[0] ?? '')
  for (const [session, lines] of bySession) {
    const rows = await db.messages.list(owner, session, { limit: 1_000_000 })
    const stored = rows.map(
      ({ seq, message }) => `${session}\t${seq}\t${JSON.stringify(message.content)}`,
    )
    const count = (await db.sessions.get(owner, session))?.messageCount
    if (count !== rows.length) faults.push(`${session}: counts ${count}, has ${rows.length}`)
    const there = new Set(stored)
    const contents = new Set(rows.map(({ message }) => message.content))
    if (contents.size !== rows.length) faults.push(`${session}: a message is there twice`)
    faults.push(...lines.filter((line) => !there.has(line)).map((line) => `lost: ${line}`))
    const open = rows.filter(({ status }) => status === 'streaming')
    if (open.length > 0) faults.push(`${session}: still streaming`)
  }
  await db.close()
  return faults
}
