/**
 * The first characters of an answer's body, for people; the rest is not read. What cannot be read to there is shown as far as it came: the answer
 * itself has been given by its status.
 */
export async function readExcerpt(response: Response, maxCharacters: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done && text.length < maxCharacters; part = await reader.read())
      text += decoder.decode(part.value, { stream: true });
  } catch {
    // broken off, or out of time
  }
  await reader.cancel().catch(() => {});
  return text.slice(0, maxCharacters).replaceAll('\0', '').toWellFormed();
}
