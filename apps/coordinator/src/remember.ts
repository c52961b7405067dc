/** The function, whose answer serves everybody who asks within `ms` of it; failures are not remembered. */
export function remember<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    if (answer !== undefined && performance.now() < until) return answer;
    const asked = ask();
    answer = asked;
    until = performance.now() + ms;
    asked.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return asked;
  };
}
