import { number, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

/** What reading one document may take; each is read in a process of its own. */
export const documentSettings = {
  documentTimeout: setting('DOCUMENT_TIMEOUT', number({ min: 1, max: 3600 }), {
    default: '60',
    doc: 'Seconds that reading a document may take.',
  }),
  documentMemoryMb: setting('DOCUMENT_MEMORY_MB', wholeNumber({ min: 192, max: 1_048_576 }), {
    default: '768',
    doc: 'Memory that reading a document may take, in MiB.',
  }),
  documentMaxMb: setting('DOCUMENT_MAX_MB', wholeNumber({ min: 1, max: 10_240 }), {
    default: '64',
    doc: 'Largest document that is read, in MiB; larger ones can be kept all the same (FILE_LIMIT_MB).',
  }),
  documentParallel: setting('DOCUMENT_PARALLEL', wholeNumber({ min: 1, max: 100 }), {
    default: '2',
    doc: 'How many documents are read at once for chats, and as many for collections.',
  }),
}
