import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap grow to four times what lives before all of it is collected. V8 starts on that as soon as there is less
 * room left than its young generation takes, and under load this one is as large as all that we hold: left alone it
 * marks the whole heap every two seconds, for ever (measured at 32 streams: 50 ms of work each time, up to 76 of them in one
 * piece, 4 µs of each event; with JSON 94 to 112 µs a request against 65).
 */
export function giveHeapRoom(): void {
  setFlagsFromString('--heap-growing-percent=300')
}
