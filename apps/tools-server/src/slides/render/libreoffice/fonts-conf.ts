/** Fontconfig’s settings for LibreOffice: the machine’s fonts and ours, and ours in place of those that only offices have. */
import { dirname } from 'node:path'
import { families, type Family } from '../../fonts/families.ts'
import { fontPath } from '../../fonts/open-font.ts'

/** @param cacheDir where fontconfig may write what it found */
export function toFontsConf(cacheDir: string): string {
  const all = Object.entries(families) as [Family, (typeof families)[Family]][]
  const folders = all.map(([family]) =>
    // A face lies in a folder of its own, in the folder of its package.
    dirname(dirname(fontPath(family, { bold: false, italic: false }))),
  )
  const stands = (['carlito', 'gelasio', 'arimo', 'cousine'] as const).map(
    (family) => [families[family].office, families[family].name] as const,
  )
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
${folders.map((folder) => `<dir>${escapeXml(folder)}</dir>`).join('\n')}
<cachedir>${escapeXml(cacheDir)}</cachedir>
${stands.map(([office, ours]) => standIn(office, ours)).join('\n')}
</fontconfig>
`
}

function standIn(office: string, ours: string): string {
  return `<match target="pattern"><test qual="any" name="family"><string>${office}</string></test><edit name="family" mode="prepend" binding="strong"><string>${ours}</string></edit></match>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
