/** The structure of a PPTX file, checked part by part. Gives what is wrong, in words. */
import { posix } from 'node:path'
import { strFromU8, unzipSync, type Unzipped } from 'fflate'
import { SaxesParser } from 'saxes'

const required = [
  '[Content_Types].xml',
  '_rels/.rels',
  'docProps/app.xml',
  'docProps/core.xml',
  'ppt/presentation.xml',
  'ppt/_rels/presentation.xml.rels',
  'ppt/slideMasters/slideMaster1.xml',
  'ppt/theme/theme1.xml',
]

export function partsOf(bytes: Uint8Array): Unzipped {
  return unzipSync(bytes)
}

export function textOfPart(parts: Unzipped, name: string): string {
  return strFromU8(parts[name] ?? new Uint8Array())
}

/** The text of a slide, paragraph by paragraph. */
export function textOfSlide(parts: Unzipped, number: number): string {
  const xml = textOfPart(parts, `ppt/slides/slide${number}.xml`)
  return xml
    .split('</a:p>')
    .map((paragraph) =>
      Array.from(paragraph.matchAll(/<a:t>([^<]*)<\/a:t>/g), ([, text]) => text).join(''),
    )
    .join('\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

export function faultsOfPptx(bytes: Uint8Array, slides: number): string[] {
  const parts = partsOf(bytes)
  const names = Object.keys(parts)
  return [
    ...required.filter((name) => !parts[name]).map((name) => `${name} is missing`),
    ...names.flatMap((name) => (/\.(xml|rels)$/.test(name) ? malformed(name, parts) : [])),
    ...contentTypes(parts),
    ...names.filter((name) => name.endsWith('.rels')).flatMap((name) => relationships(name, parts)),
    ...names
      .filter((name) => /^ppt\/slides\/slide\d+\.xml$/.test(name))
      .flatMap((name) => shapes(name, parts)),
    ...slideList(parts, slides),
  ]
}

function malformed(name: string, parts: Unzipped): string[] {
  const faults: string[] = []
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => faults.push(`${name}: ${error.message}`))
  parser.write(textOfPart(parts, name)).close()
  return faults.slice(0, 1)
}

function contentTypes(parts: Unzipped): string[] {
  const xml = textOfPart(parts, '[Content_Types].xml')
  const listed = Array.from(xml.matchAll(/PartName="\/([^"]+)"/g), ([, name]) => name ?? '')
  const endings = new Set(Array.from(xml.matchAll(/Extension="([^"]+)"/g), ([, ending]) => ending))
  const unknown = Object.keys(parts).filter(
    (name) =>
      !listed.includes(name) &&
      !endings.has(name.split('.').at(-1)) &&
      name !== '[Content_Types].xml',
  )
  return [
    ...listed.filter((name) => !parts[name]).map((name) => `${name} is listed, but is not there`),
    ...listed
      .filter((name, at) => listed.indexOf(name) !== at)
      .map((name) => `${name} is listed twice`),
    ...unknown.map((name) => `${name} has no content type`),
  ]
}

function relationships(name: string, parts: Unzipped): string[] {
  const xml = textOfPart(parts, name)
  const owner = name.replace('_rels/', '').replace(/\.rels$/, '')
  const entries = Array.from(xml.matchAll(/<Relationship\b[^>]*>/g), ([entry]) => ({
    id: /\bId="([^"]+)"/.exec(entry)?.[1] ?? '',
    target: /\bTarget="([^"]+)"/.exec(entry)?.[1] ?? '',
    isExternal: entry.includes('TargetMode="External"'),
  }))
  const ids = entries.map(({ id }) => id)
  const used = Array.from(
    textOfPart(parts, owner).matchAll(/\br:(?:id|embed|link)="([^"]+)"/g),
    ([, id]) => id ?? '',
  )
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${name}: ${id} twice`),
    ...used.filter((id) => !ids.includes(id)).map((id) => `${owner}: ${id} leads nowhere`),
    ...entries.flatMap(({ target, isExternal }) => {
      if (isExternal) return /^https?:/.test(target) ? [] : [`${name}: ${target} is no web address`]
      const path = target.startsWith('/')
        ? target.slice(1)
        : posix.normalize(posix.join(posix.dirname(owner), target))
      return parts[path] ? [] : [`${name}: there is no ${path}`]
    }),
  ]
}

function shapes(name: string, parts: Unzipped): string[] {
  const xml = textOfPart(parts, name)
  const ids = Array.from(xml.matchAll(/<p:cNvPr id="(\d+)"/g), ([, id]) => id)
  const size = /<p:sldSz cx="(\d+)" cy="(\d+)"/.exec(textOfPart(parts, 'ppt/presentation.xml'))
  const [width, height] = [Number(size?.[1]), Number(size?.[2])]
  const boxes = Array.from(
    xml.matchAll(/<a:off x="(-?\d+)" y="(-?\d+)"\/>\s*<a:ext cx="(\d+)" cy="(\d+)"\/>/g),
    (match) => match.slice(1).map(Number),
  )
  const slack = 12_700
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${name}: shape ${id} twice`),
    ...boxes
      .filter(
        ([x = 0, y = 0, w = 0, h = 0]) =>
          x < -slack || y < -slack || x + w > width + slack || y + h > height + slack,
      )
      .map((box) => `${name}: a box lies outside: ${box.join(' ')}`),
    ...(/<\/a:r>\s*<a:pPr/.test(xml) ? [`${name}: properties within a paragraph`] : []),
    ...Array.from(xml.matchAll(/\bsz="(\d+)"/g), ([, value]) => Number(value))
      .filter((value) => value < 1400)
      .map((value) => `${name}: text of ${value / 100} pt`),
  ]
}

function slideList(parts: Unzipped, slides: number): string[] {
  const xml = textOfPart(parts, 'ppt/presentation.xml')
  const ids = Array.from(xml.matchAll(/<p:sldId id="(\d+)"/g), ([, id]) => id)
  const found = Object.keys(parts).filter((name) =>
    /^ppt\/slides\/slide\d+\.xml$/.test(name),
  ).length
  return [
    ...(ids.length === slides && found === slides
      ? []
      : [`${ids.length} slides are listed, ${found} are there, not ${slides}`]),
    ...(new Set(ids).size === ids.length ? [] : ['a slide is listed twice']),
  ]
}
