/** English words that say nothing about what is looked for. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any are as at be because been before being below between both but by
can cannot could did do does doing don down during each few for from further give given had has have having he her here hers
him his how i if in into is it its itself just let me more most my no nor not now of off on once one only or other our out
over own please s same she should so some such t tell than that the their them then there these they this those through to
too under until up upon us very was we were what when where which while who whom why will with would you your`.split(
    /\s+/,
  ),
)
