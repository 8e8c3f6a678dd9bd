import { findNanocoder, type NanocoderInstallation } from './installation.ts'

/** Whether nanocoder can write code here. */
export type NanocoderStatus =
  { ok: true; installation: NanocoderInstallation; wallMs: number } | { ok: false; reason: string }

export interface NanocoderSettings {
  pythonExecutorMode: 'native' | 'nanocoder'
  nanocoderCommand: string
  /** Seconds. */
  nanocoderTimeout: number
}

/** Undefined where it is not asked for. */
export async function inspectNanocoder({
  pythonExecutorMode,
  nanocoderCommand,
  nanocoderTimeout,
}: NanocoderSettings): Promise<NanocoderStatus | undefined> {
  if (pythonExecutorMode !== 'nanocoder') return undefined
  try {
    const installation = await findNanocoder(nanocoderCommand)
    return { ok: true, installation, wallMs: nanocoderTimeout * 1000 }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
