/** Width of a character of the map's labels, px: none of the fonts that may be there has wider ones on average. */
const CHARACTER = 5.8;

/** A label that fits so many pixels, cut with an ellipsis where it must be. Whoever shows it says the whole elsewhere. */
export function fitting(label: string, width: number): string {
  const most = Math.max(2, Math.floor(width / CHARACTER));
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}
