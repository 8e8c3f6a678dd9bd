import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** More than any result that a tool may send in one event. */
const maxEventCharacters = 32 * 1024 * 1024

/** The events of a stream of bytes, as they come. Leaving the loop early destroys the stream. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<EventSourceMessage, void> {
  const arrived: EventSourceMessage[] = []
  const parser = createParser({
    onEvent: (event) => arrived.push(event),
    maxBufferSize: maxEventCharacters,
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    yield* arrived.splice(0)
  }
}
