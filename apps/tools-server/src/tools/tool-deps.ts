import type { StoredDocuments } from '../documents/stored-documents.ts'
import type { ArtifactStore } from '../files/artifact-store.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Knowledge } from '../collections/knowledge.ts'
import type { NanocoderStatus } from '../nanocoder/status.ts'
import type { Sandbox } from '../sandbox/types.ts'
import type { Scratch } from '../sandbox/scratch.ts'
import type { Slides } from '../slides/make/slides.ts'
import type { Web } from '../web/web.ts'

/** What tools are made from; each takes what it needs. */
export interface ToolDeps {
  /** The tool's description for models. @throws Error when its file is missing. */
  describe: (name: string) => string
  /** Milliseconds since 1970. */
  now: () => number
  web: Web
  /** Embeddings and collections. */
  knowledge: Knowledge
  sandbox: Sandbox
  /** Where it writes the code that python_coder runs. */
  nanocoder?: NanocoderStatus | undefined
  /** The workspaces of sessions. */
  scratch: Scratch
  /** The files that users see. */
  artifacts: ArtifactStore
  files: Pick<FileStore, 'get'>
  /** What is in them. */
  documents: StoredDocuments
  slides: Slides
}
