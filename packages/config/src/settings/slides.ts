import { text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

/** Drawing slide decks. */
export const slidesSettings = {
  slidesLibreOffice: setting('SLIDES_LIBREOFFICE', text, {
    default: 'soffice',
    doc: 'LibreOffice, by its name or path, which makes the PDF of slides where it is installed; none draws it without.',
  }),
  slidesParallel: setting('SLIDES_PARALLEL', wholeNumber({ min: 1, max: 100 }), {
    default: '2',
    doc: 'How many slide decks are drawn at once; the others wait.',
  }),
}
