import type { Config } from '@tandem/config'

const anyAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
const loopback = ['127.0.0.1', 'localhost', '[::1]']

/** Where the tools server reaches this server's models: beside it on this machine, else as users do. */
export function modelsBaseUrl({ toolsUrl, publicUrl, host, mainApiPort }: Config): string {
  const address = anyAddress[host] ?? host
  const toolsHost = new URL(toolsUrl).hostname
  const isBeside = loopback.includes(toolsHost) || toolsHost === address
  return isBeside ? `http://${address}:${mainApiPort}/v1` : `${publicUrl}/v1`
}
