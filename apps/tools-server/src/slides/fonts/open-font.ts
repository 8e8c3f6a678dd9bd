import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import { faceFile, type Face, type Family } from './families.ts'

const { resolve } = createRequire(import.meta.url)
const opened = new Map<string, Font>()

export function fontPath(family: Family, face: Face): string {
  return resolve(faceFile(family, face))
}

/** A font that comes with the product; read once. */
export function openFont(family: Family, face: Face): Font {
  const path = fontPath(family, face)
  const found = opened.get(path)
  if (found) return found
  const font = create(readFileSync(path))
  if (!('layout' in font)) throw new Error(`${path} is a collection of fonts.`)
  opened.set(path, font)
  return font
}
