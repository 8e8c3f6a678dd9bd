/** Draws docs/slides.png, the README's contact sheet: `node scripts/slides/contact-sheet.ts`. Needs pdftoppm (poppler-utils). */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(
  new URL('../../apps/tools-server/test/slides/draw-contact-sheet.ts', import.meta.url),
)
const child = spawn(process.execPath, [script], { stdio: 'inherit' })
child.on('exit', (code) => (process.exitCode = code ?? 1))
