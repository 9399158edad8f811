import type { TraceLine } from '../../sim/world/run.ts';
import { reducedMotion } from '../dom.ts';
import { classOf, TRAFFIC, type TrafficClass } from '../story/traffic.ts';
import { pathOf, type Layout } from './layout.ts';
import type { Point } from './zones.ts';

/**
 * Messages on their way, on a canvas over the map. A hop takes milliseconds; it is shown slowed down, and the hops of
 * one message one after the other. Shape and colour tell the class. Without motion a mark stands where the message crosses.
 */
interface Flight {
  readonly way: readonly Point[];
  readonly lengths: readonly number[];
  readonly total: number;
  readonly kind: TrafficClass;
  readonly sealed: boolean;
  readonly start: number;
  readonly end: number;
}

/** More at once are a blur. */
const MOST = 500;
const PIXELS_PER_MS = 0.35;
const SHORTEST_MS = 260;
const LONGEST_MS = 900;
/** A frame lost by the medium was stopped by nobody. */
const MEDIUM = /lost in the air|overloaded|buffer full|no acknowledgement/;
/** How long the cross stands where a message was stopped. */
const CROSS_MS = 1200;
/** Hops of one message that queue behind each other further than this are not shown. */
const PATIENCE_MS = 2500;
/** A busy pair of devices shows one message of a class in this time; the legend counts them all. */
const APART_MS = 220;
/** Batches come every 50 ms; their messages start spread over that time. */
const SPREAD_MS = 50;

export class Packets {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private layout: Layout | null = null;
  private flights: Flight[] = [];
  private stops: { readonly x: number; readonly y: number; readonly start: number; readonly end: number }[] = [];
  /** When the last hop of a message ends, by message id. */
  private readonly arrivals = new Map<number, number>();
  /** When the next message of a class may leave a device, and messages that were passed over. */
  private readonly free = new Map<string, number>();
  private readonly passedOver = new Set<number>();
  private colours = readColours();
  private accent = readColour('accent');
  private readonly visible = new Set<TrafficClass>(TRAFFIC);
  private frame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d')!;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.colours = readColours();
      this.accent = readColour('accent');
    });
  }

  place(layout: Layout): void {
    this.layout = layout;
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(layout.width * scale);
    this.canvas.height = Math.round(layout.height * scale);
    this.canvas.style.width = `${layout.width}px`;
    this.canvas.style.height = `${layout.height}px`;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.clear();
  }

  /** Another run begins. */
  reset(): void {
    this.clear();
  }

  show(kind: TrafficClass, visible: boolean): void {
    if (visible) this.visible.add(kind);
    else this.visible.delete(kind);
  }

  /** Lets the messages among the lines fly. */
  send(lines: readonly TraceLine[]): void {
    const crossing = lines.filter((line) => line.kind === 'message' || line.kind === 'verdict');
    if (this.layout === null || crossing.length === 0 || document.hidden) return;
    const now = performance.now();
    crossing.forEach((line, i) => {
      const at = now + (SPREAD_MS * i) / crossing.length;
      if (line.kind === 'message') this.launch(line, at);
      else this.stop(line, at);
    });
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private launch(line: TraceLine, at: number): void {
    const kind = classOf(line);
    if (!this.visible.has(kind)) return;
    const id = line.id ?? 0;
    if (!this.admit(id, `${line.from}>${line.to}/${kind}`, at)) return;
    const start = Math.max(at, this.arrivals.get(id) ?? 0);
    const way = pathOf(this.layout!, line.from ?? '', line.to ?? '', line.link ?? '');
    if (way.length < 2 || start - at > PATIENCE_MS || this.flights.length >= MOST) return;
    const lengths = way.slice(1).map((point, i) => Math.hypot(point.x - way[i]!.x, point.y - way[i]!.y));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const end = start + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, total / PIXELS_PER_MS));
    this.arrivals.set(id, end);
    this.flights.push({ way, lengths, total, kind, sealed: line['sealed'] === true, start, end });
  }

  /** A cross where a message of the adversary was stopped, when it has got there. */
  private stop(line: TraceLine, at: number): void {
    if (MEDIUM.test(line.rule ?? '')) return;
    const spot = this.layout!.spots.get(line.from ?? '');
    const start = Math.max(at, this.arrivals.get(line.id ?? 0) ?? 0);
    if (spot === undefined || this.stops.some((stop) => stop.x === spot.x && stop.y === spot.y && stop.end > start)) return;
    this.stops.push({ x: spot.x, y: spot.y, start, end: start + CROSS_MS });
  }

  /** Thins out what would be a solid line. A message is shown on all its hops or on none. */
  private admit(id: number, key: string, at: number): boolean {
    if (this.arrivals.has(id)) return true;
    if (this.passedOver.has(id)) return false;
    if (at < (this.free.get(key) ?? 0)) {
      this.passedOver.add(id);
      return false;
    }
    this.free.set(key, at + APART_MS);
    return true;
  }

  private draw(): void {
    const now = performance.now();
    const still = reducedMotion();
    this.wipe();
    this.flights = this.flights.filter((flight) => flight.end > now);
    for (const kind of TRAFFIC) {
      this.context.fillStyle = this.colours[kind];
      this.context.strokeStyle = this.colours[kind];
      for (const flight of this.flights) {
        if (flight.kind !== kind || flight.start > now) continue;
        const share = still ? 0.5 : (now - flight.start) / (flight.end - flight.start);
        mark(this.context, kind, flight.sealed, along(flight, share));
      }
    }
    this.drawStops(now);
    const over = this.flights.length === 0 && this.stops.length === 0;
    if (over) this.forget();
    this.frame = over ? 0 : requestAnimationFrame(() => this.draw());
  }

  private drawStops(now: number): void {
    this.stops = this.stops.filter((stop) => stop.end > now);
    this.context.strokeStyle = this.accent;
    this.context.lineWidth = 4;
    for (const { x, y, start } of this.stops) {
      if (start > now) continue;
      this.context.beginPath();
      this.context.moveTo(x - 11, y - 11);
      this.context.lineTo(x + 11, y + 11);
      this.context.moveTo(x + 11, y - 11);
      this.context.lineTo(x - 11, y + 11);
      this.context.stroke();
    }
  }

  private clear(): void {
    this.flights = [];
    this.stops = [];
    this.forget();
    this.wipe();
  }

  private forget(): void {
    this.arrivals.clear();
    this.free.clear();
    this.passedOver.clear();
  }

  private wipe(): void {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

function along(flight: Flight, share: number): Point {
  let rest = share * flight.total;
  for (let i = 0; i < flight.lengths.length; i++) {
    const length = flight.lengths[i]!;
    const from = flight.way[i]!;
    const to = flight.way[i + 1]!;
    if (rest <= length) {
      const part = length === 0 ? 0 : rest / length;
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    }
    rest -= length;
  }
  return flight.way.at(-1)!;
}

/** Circle, diamond, square, dash, triangle; hollow when the content is encrypted. Also drawn in the legend. */
export function mark(context: CanvasRenderingContext2D, kind: TrafficClass, sealed: boolean, { x, y }: Point): void {
  context.beginPath();
  if (kind === 'clinical') context.arc(x, y, 4, 0, 2 * Math.PI);
  else if (kind === 'voice') polygon(context, [x, y - 5.5, x + 5.5, y, x, y + 5.5, x - 5.5, y]);
  else if (kind === 'household') polygon(context, [x - 3.5, y - 3.5, x + 3.5, y - 3.5, x + 3.5, y + 3.5, x - 3.5, y + 3.5]);
  else if (kind === 'network') polygon(context, [x - 3, y - 1, x + 3, y - 1, x + 3, y + 1, x - 3, y + 1]);
  else polygon(context, [x, y - 7, x + 6.5, y + 5, x - 6.5, y + 5]);
  if (sealed && kind !== 'network') {
    context.lineWidth = 1.8;
    context.stroke();
  } else context.fill();
}

function polygon(context: CanvasRenderingContext2D, points: readonly number[]): void {
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i]!, points[i + 1]!);
  context.closePath();
}

const readColour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const readColours = (): Readonly<Record<TrafficClass, string>> =>
  Object.fromEntries(TRAFFIC.map((name) => [name, readColour(name)])) as Record<TrafficClass, string>;
