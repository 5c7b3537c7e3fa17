/** Of an episode's folder: `0007_put_the_spoon_on_the_towel`. */
export function episodeName(number: number, title: string): string {
  return `${String(number).padStart(4, '0')}_${fileName(title)}`;
}

/** Letters, digits and underscores, short enough for any file system. */
function fileName(title: string): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('_').slice(0, 60) || 'episode';
}
