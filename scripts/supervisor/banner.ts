import { join } from 'node:path'
import { type Config, toLocalUrl } from '@tandem/config'

export interface BannerOptions {
  config: Config
  /** The project's folder: commands are given from there. */
  root: string
  /** The key that this start made, if any: it is shown now and never again. */
  newKey: string | null | undefined
  logPaths: readonly string[]
}

/** What is said once both servers are ready: where, with which key, and a first request to paste. */
export function banner({ config, root, newKey, logPaths }: BannerOptions): string {
  const url = toLocalUrl(config.host, config.mainApiPort)
  const isElsewhere = config.publicUrl !== url
  const { model, note } = firstModel(config)
  return [
    '',
    'Tandem is running.',
    '',
    `  URL            ${url}${isElsewhere ? `, for users ${config.publicUrl}` : ''}`,
    `  Documentation  ${url}/docs`,
    ...keyLines(config, root, newKey ?? undefined),
    ...logPaths.map(
      (path, index) => `  ${index === 0 ? 'Logs           ' : '               '}${path}`,
    ),
    '',
    `A first request${note}:`,
    '',
    firstRequest(url, newKey ?? 'YOUR_API_KEY', model),
    '',
    'Ctrl-C stops both servers.',
  ].join('\n')
}

/** Keys are stored hashed: an old one cannot be told. */
function keyLines(
  { adminApiKey, dataDir }: Config,
  root: string,
  newKey: string | undefined,
): string[] {
  if (newKey !== undefined) return [`  API key        ${newKey}`]
  const yours = adminApiKey === undefined ? 'one of yours' : 'the one in ADMIN_API_KEY'
  // Another shell may not have our environment.
  const place = dataDir === join(root, 'data') ? '' : `DATA_DIR=${quote(dataDir)} `
  return [
    `  API key        ${yours}; a new user with a new key:`,
    `                 ${place}npx --yes pnpm@10 create-user --api-key`,
  ]
}

function firstModel({ defaultModel, demoModel, providers }: Config): {
  model: string
  note: string
} {
  if (defaultModel !== undefined) return { model: defaultModel, note: '' }
  if (demoModel) return { model: 'demo/assistant', note: ' to the built-in demo model' }
  const provider = providers[0]?.name ?? 'provider'
  return { model: `${provider}/MODEL`, note: '; put a name from /v1/models in the place of MODEL' }
}

function firstRequest(url: string, apiKey: string, model: string): string {
  const body = {
    model,
    stream: true,
    messages: [{ role: 'user', content: 'Hello! What can you do?' }],
  }
  return [
    `curl -N ${url}/v1/chat/completions`,
    `  -H ${quote(`Authorization: Bearer ${apiKey}`)}`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quote(JSON.stringify(body))}`,
  ].join(' \\\n')
}

/** One word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
