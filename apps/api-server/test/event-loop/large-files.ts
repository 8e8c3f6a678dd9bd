/** Files of some megabytes in each format, made quickly and plainly. */
import { assemblePdf, deflatedZip } from '@tandem/testing'

/** Words of which no two sentences are alike. */
function sentence(at: number): string {
  return `In case ${at} the examiner of district ${at % 97} compared figure ${(at * 7919) % 100_003} with the survey of ${1900 + (at % 120)}, and found what river${at % 1013} had moved.`
}

function repeat(bytes: number, make: (at: number) => string): string {
  const parts: string[] = []
  for (let at = 0, length = 0; length < bytes; at += 1) {
    const part = make(at)
    parts.push(part)
    length += part.length
  }
  return parts.join('')
}

/** Each of about so many bytes of text; those in archives are smaller. */
export function largeFiles(bytes: number): Record<string, Buffer> {
  return {
    'large.md': Buffer.from(
      repeat(
        bytes,
        (at) => `${at % 20 === 0 ? `\n## Part ${at / 20}\n\n` : ''}${sentence(at)}\n\n`,
      ),
    ),
    'large.html': Buffer.from(
      `<!doctype html><title>Cases</title>${repeat(bytes, (at) => `${at % 20 === 0 ? `<h2>Part ${at / 20}</h2>` : ''}<p>${sentence(at)}</p>\n`)}`,
    ),
    'large.csv': Buffer.from(
      `case,district,river,found\n${repeat(bytes, (at) => `${at},${at % 97},river${at % 1013},${sentence(at).replaceAll(',', '')}\n`)}`,
    ),
    'large.json': Buffer.from(
      `[${repeat(bytes, (at) => `{"case":${at},"text":"${sentence(at)}"},\n`)}{"case":-1}]`,
    ),
    'large.pdf': makePdf(bytes),
    'large.docx': deflatedZip({
      '[Content_Types].xml': contentTypes('/word/document.xml', 'wordprocessingml.document.main'),
      '_rels/.rels': rels('word/document.xml'),
      'word/document.xml': `${xml}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${repeat(bytes, (at) => `<w:p><w:r><w:t>${sentence(at)}</w:t></w:r></w:p>`)}</w:body></w:document>`,
    }),
    'large.xlsx': makeWorkbook(bytes),
    'large.pptx': makeSlides(bytes),
  }
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

function rels(target: string): string {
  return `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="${target}"/></Relationships>`
}

function contentTypes(path: string, type: string): string {
  return `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="${path}" ContentType="application/vnd.openxmlformats-officedocument.${type}+xml"/></Types>`
}

function makeWorkbook(bytes: number): Buffer {
  const rows = repeat(
    bytes,
    (at) =>
      `<row r="${at + 1}"><c r="A${at + 1}"><v>${at}</v></c><c r="B${at + 1}" t="inlineStr"><is><t>${sentence(at)}</t></is></c></row>`,
  )
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  return deflatedZip({
    '[Content_Types].xml': contentTypes('/xl/workbook.xml', 'spreadsheetml.sheet.main'),
    '_rels/.rels': rels('xl/workbook.xml'),
    'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Cases" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${xml}<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
  })
}

function makeSlides(bytes: number): Buffer {
  const count = 200
  const drawing = 'http://schemas.openxmlformats.org/drawingml/2006/main'
  const main = 'http://schemas.openxmlformats.org/presentationml/2006/main'
  const slide = (at: number): string =>
    `${xml}<p:sld xmlns:a="${drawing}" xmlns:p="${main}"><p:cSld><p:spTree><p:sp><p:txBody>${repeat(bytes / count, (line) => `<a:p><a:r><a:t>${sentence(at * 1000 + line)}</a:t></a:r></a:p>`)}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`
  const numbers = Array.from({ length: count }, (_, at) => at + 1)
  const list = numbers.map((at) => `<p:sldId id="${255 + at}" r:id="rId${at}"/>`).join('')
  const targets = numbers.map(
    (at) => `<Relationship Id="rId${at}" Type="${office}/slide" Target="slides/slide${at}.xml"/>`,
  )
  return deflatedZip({
    '[Content_Types].xml': contentTypes(
      '/ppt/presentation.xml',
      'presentationml.presentation.main',
    ),
    '_rels/.rels': rels('ppt/presentation.xml'),
    'ppt/presentation.xml': `${xml}<p:presentation xmlns:p="${main}" xmlns:r="${office}"><p:sldIdLst>${list}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets.join('')}</Relationships>`,
    ...Object.fromEntries(numbers.map((at) => [`ppt/slides/slide${at}.xml`, slide(at)])),
  })
}

const linesPerPage = 50

function makePdf(bytes: number): Buffer {
  const pages = Math.ceil(bytes / (linesPerPage * 130))
  const first = 4
  const kids = Array.from({ length: pages }, (_, at) => `${first + at * 2} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  for (let page = 0; page < pages; page += 1) {
    const lines = Array.from(
      { length: linesPerPage },
      (_, line) => `(${sentence(page * linesPerPage + line)}) Tj T*`,
    )
    const content = `BT /F1 6 Tf 12 TL 20 780 Td ${lines.join('\n')} ET`
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> /Contents ${first + page * 2 + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    )
  }
  return assemblePdf(objects)
}
