import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What models read about each tool: `<promptsDir>/tools/<name>.md`, by name. */
export async function loadToolPrompts(promptsDir: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(promptsDir, 'tools')
  const files = (await list(folder)).filter((file) => file.endsWith('.md'))
  const entries = files.map(async (file) => {
    const text = await readFile(join(folder, file), 'utf8')
    return [file.slice(0, -'.md'.length), text.trim()] as const
  })
  return new Map(await Promise.all(entries))
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new Error(`${folder} cannot be read: set PROMPTS_DIR to the folder of the prompts.`, {
      cause,
    })
  }
}
