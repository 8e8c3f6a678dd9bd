import sharp from 'sharp'
import { landscape } from './sample-decks.ts'

/** A picture as a data URL. */
export async function sampleImage(): Promise<string> {
  return `data:image/png;base64,${(await samplePng()).toString('base64')}`
}

export async function samplePng(): Promise<Buffer> {
  return sharp(Buffer.from(landscape)).resize(480, 320).png().toBuffer()
}
