/** By the clock of `performance.now`. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
