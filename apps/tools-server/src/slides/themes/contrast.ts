/** Contrast as WCAG 2 counts it. Colours are `#RRGGBB`. */

/** What text must have against what it stands on. */
export const textContrast = 4.5
/** What bars and lines of a chart must have. */
export const shapeContrast = 3

/** 1 (alike) to 21 (black on white). */
export function contrastOf(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((one, other) => other - one)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

/** The colour itself where it can be read on the other one; otherwise as little lighter or darker as it takes. */
export function readableOn(color: string, background: string, least = textContrast): string {
  if (contrastOf(color, background) >= least) return color
  const target = strongest(background)
  for (let share = 0.05; share < 1; share += 0.05) {
    const mixed = mixColors(color, target, share)
    if (contrastOf(mixed, background) >= least) return mixed
  }
  return target
}

/** Black or white, whichever is easier to read. */
export function strongest(background: string): string {
  return contrastOf('#FFFFFF', background) >= contrastOf('#000000', background)
    ? '#FFFFFF'
    : '#000000'
}

/** `share` 0 is the first colour, 1 the second. */
export function mixColors(from: string, to: string, share: number): string {
  const other = channels(to)
  const mixed = channels(from).map((value, at) => value + ((other[at] ?? 0) - value) * share)
  return `#${mixed.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`.toUpperCase()
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}
