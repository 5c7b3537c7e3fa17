/** Gives what it waited for, or `undefined` / `false` while it is not there yet. */
export type Condition<T> = () => T | undefined | false | Promise<T | undefined | false>;

/** Asks a condition again and again until it holds; throws, saying what was missing, after a while. */
export async function waitFor<T>(
  what: string,
  condition: Condition<T>,
  timeoutMs = 20_000,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > endMs) throw new Error(`${what} did not come within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
