import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { help, parseOptions } from './options.ts'
import { toRows, toText } from './report.ts'
import { runBench } from './run.ts'
import { judge, toVerdictText } from './verdict.ts'

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  // Leaving runs the `exit` handlers, which end the children.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const { cells, cores } = await runBench(options, (text) => process.stderr.write(`${text}\n`))
  const rows = toRows(cells)
  const findings = judge(rows)
  process.stdout.write(`\n${toText(cells, cores)}\n`)
  if (findings.length > 0) process.stdout.write(`\n${toVerdictText(findings)}\n`)
  if (options.json !== undefined) {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores }
    await writeFile(
      options.json,
      `${JSON.stringify({ machine, rows, findings, cells }, null, 2)}\n`,
    )
  }
  return options.check && findings.some(({ holds }) => !holds) ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
