import { AppError, toErrorBody } from '@tandem/schemas'
import { boundText, type Tool } from '@tandem/tools'
import { coerce, isObject } from './coerce.ts'
import { parseLooseJson } from './loose-json.ts'

export type Repair = 'json' | 'schema'

export type ReadArguments =
  /**
   * `given` is what the model sent, repaired, and `text` its JSON, which is the model's own where nothing was; `args` is
   * what the tool takes, defaults filled in.
   */
  | { ok: true; given: unknown; text: string; args: unknown; repaired: Repair | undefined }
  | { ok: false; given: unknown; code: string; message: string }

/** The ladder: exact JSON, repaired JSON, coerced to the schema; else a message that says what to change and where. */
export function readArguments(tool: Tool, text: string, maxCharacters: number): ReadArguments {
  if (text.length > maxCharacters) return tooLong(tool, text, maxCharacters)
  const trimmed = text.trim() || '{}'
  const json = parseLooseJson(trimmed)
  if (!json.ok) {
    const message = `${unreadable[json.why]} ${parametersOf(tool)}`
    return { ok: false, given: {}, code: `arguments_${json.why}`, message }
  }
  const exact = tryParse(tool, json.value)
  if (exact.ok) {
    const { value: given, repaired } = json
    return repaired
      ? { ...exact, given, text: JSON.stringify(given), repaired: 'json' }
      : { ...exact, given, text: trimmed, repaired: undefined }
  }
  // Nothing at all is how some models write that there are no arguments.
  const coerced = coerce({ type: 'object', ...tool.parameters }, json.value ?? {})
  const second = tryParse(tool, coerced)
  if (second.ok) {
    return { ...second, given: coerced, text: JSON.stringify(coerced), repaired: 'schema' }
  }
  return {
    ok: false,
    given: isObject(json.value) ? json.value : {},
    code: 'invalid_arguments',
    message: `${second.message} ${parametersOf(tool)}`,
  }
}

const unreadable = {
  unreadable: 'The arguments are not valid JSON: send one JSON object.',
  cut: 'The arguments end in the middle of a value, so the call was not made: send them whole, and shorter.',
  nested: 'The arguments are nested too deeply: send a flat JSON object.',
}

function tooLong(tool: Tool, { length }: string, most: number): ReadArguments {
  const message = `The arguments of ${tool.name} are too long: ${length} characters, at most ${most} are taken. Send less at a time.`
  return { ok: false, given: {}, code: 'arguments_too_long', message }
}

function tryParse(
  tool: Tool,
  value: unknown,
): { ok: true; args: unknown } | { ok: false; message: string } {
  // Whatever a tool's own schema lets through.
  if (!isObject(value)) return { ok: false, message: 'The arguments are not one JSON object.' }
  try {
    return { ok: true, args: tool.parse(value) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ok: false, message: toErrorBody(error).error.message }
  }
}

/** Enough for a model to do better, and no more than it can afford to read. */
function parametersOf({ name, parameters }: Tool): string {
  return `The parameters of ${name} are: ${boundText(JSON.stringify(parameters), 2000)}`
}
