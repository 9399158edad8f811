import { Argument, Command } from 'commander';
import type { SettingSpec } from '../../model/settings.ts';
import { parse } from '../../scenario/document.ts';
import { child } from '../../scenario/tree.ts';
import { OUTCOMES } from '../../world/outcomes.ts';
import { IOT_BASELINE } from '../baselines/iot.ts';
import { ROUTER_BASELINE } from '../baselines/router.ts';
import type { BaselineRow } from '../baselines/rows.ts';
import type { Terminal } from '../output.ts';
import { fileReader, openProject } from '../project.ts';
import type { Project } from '../project.ts';
import { figure, table } from '../table.ts';

/** A listing: its JSON document, and the columns people see. */
interface Listing {
  readonly title: string;
  readonly document: (project: Project) => readonly unknown[];
  readonly columns: readonly string[];
  readonly cells: (row: never) => readonly string[];
}

const listing = <Row>(
  title: string,
  document: (project: Project) => readonly Row[],
  columns: readonly string[],
  cells: (row: Row) => readonly string[],
): Listing => ({
  title,
  document,
  columns,
  cells: cells as Listing['cells'],
});

const values = <T>(map: ReadonlyMap<string, T>): readonly T[] => [...map.values()];

const LISTINGS = {
  devices: listing(
    'Device models',
    ({ catalogue }) =>
      values(catalogue.devices).map(({ kind, title, family, roles, settings, profiles, supply }) => ({
        kind,
        title,
        family,
        roles,
        settings: Object.fromEntries(Object.entries(settings).map(([name, spec]) => [name, readable(spec)])),
        profiles: Object.keys(profiles ?? {}),
        supply: supply ?? null,
      })),
    ['kind', 'family', 'power', 'settings', 'title'],
    (row) => [row.kind, row.family, row.supply ?? '', String(Object.keys(row.settings).length), row.title],
  ),
  threats: listing(
    'Threat events',
    ({ library }) =>
      values(library.threats).map(({ id, title, replays, start, needs, goal, alternatives, attack }) => ({
        id,
        title,
        replays,
        start,
        needs,
        goal,
        steps: alternatives,
        attack,
      })),
    ['id', 'replays', 'starts at', 'title'],
    (row) => [row.id, `${row.replays.source} ${row.replays.event}`, row.start.position, row.title],
  ),
  techniques: listing(
    'Techniques',
    ({ catalogue }) => values(catalogue.techniques).map(({ id, title, attack }) => ({ id, title, attack, basis: 'ours' })),
    ['id', 'ATT&CK (assignment ours)', 'title'],
    (row) => [row.id, row.attack.join(' '), row.title],
  ),
  mitigations: listing(
    'Mitigations',
    ({ library }) =>
      values(library.mitigations).map(({ id, title, family, actor, maps, cost }) => ({ id, title, family, actor, maps, cost })),
    ['id', 'family', 'who must act', 'title', 'references (basis)'],
    (row) => [row.id, row.family, row.actor, row.title, row.maps.map(({ ref, basis }) => `${ref} (${basis})`).join(', ')],
  ),
  sets: listing(
    'Sets of mitigations',
    ({ library }) => [...library.sets].map(([id, mitigations]) => ({ id, mitigations })),
    ['id', 'mitigations'],
    (row) => [row.id, row.mitigations.join(', ') || '(none)'],
  ),
  parameters: listing(
    'Parameters',
    ({ library }) =>
      library.parameters.map(({ id, value, distribution, unit, source, grade, range }) => ({
        id,
        ...(distribution === undefined ? { value } : { distribution }),
        unit,
        source,
        grade,
        range: range ?? null,
      })),
    ['id', 'value', 'unit', 'grade', 'range', 'source'],
    (row) => [
      row.id,
      'distribution' in row ? distributionText(row.distribution) : figure(row.value, 4),
      row.unit,
      row.grade,
      row.range === null ? '' : row.range.join(' … '),
      row.source,
    ],
  ),
  outcomes: listing(
    'Outcomes',
    () => OUTCOMES.map(({ id, unit, kind, better, bounds }) => ({ id, unit, kind, better, bounds })),
    ['id', 'unit', 'kind', 'better'],
    (row) => [row.id, row.unit, row.kind, row.better],
  ),
  scenarios: listing('Scenarios', scenarios, ['id', 'kind', 'path', 'title'], (row) => [row.id, row.kind, row.path, row.title]),
  router: baseline('Router requirements (IR 8425A was not read; these are of the standards it draws on)', ROUTER_BASELINE),
  iot: baseline('Outcomes of IR 8425 for each consumer device (paraphrased)', IOT_BASELINE),
} as const satisfies Readonly<Record<string, Listing>>;

/** What a setting is when nobody says, in words where it depends on the home. */
const readable = (spec: SettingSpec): SettingSpec =>
  spec.kind === undefined
    ? spec
    : { ...spec, default: `every ${spec.kind} of the home${spec.relayed === true ? ' that the device relays for' : ''}` };

/** `homeward list`: what there is to choose from. */
export const listCommand = (terminal: Terminal): Command =>
  new Command('list')
    .description('List what there is: ids, units, sources, references.')
    .addArgument(new Argument('<what>', 'kind of thing').choices(Object.keys(LISTINGS)))
    .option('--json', 'one JSON document on standard output')
    .action((what: keyof typeof LISTINGS, flags: { readonly json?: true }) => {
      const chosen: Listing = LISTINGS[what];
      const rows = chosen.document(openProject());
      if (flags.json) return terminal.json(rows);
      terminal.out(terminal.bold(chosen.title));
      terminal.out(
        table(
          chosen.columns.map((title) => ({ title })),
          rows.map((row) => chosen.cells(row as never)),
        ),
      );
    });

function baseline(title: string, rows: readonly BaselineRow[]): Listing {
  return listing(
    title,
    () => rows,
    ['outcome', 'requirement', 'source', 'basis', 'setting', 'test'],
    (row) => [row.outcome, row.requirement, row.source, row.basis, row.setting, row.test ?? '-'],
  );
}

function distributionText(distribution: { readonly kind: string } | undefined): string {
  if (distribution === undefined) return '';
  const { kind, ...rest } = distribution;
  const parts = Object.entries(rest).map(([name, value]) =>
    Array.isArray(value) ? `${value.length} ${name}` : `${name} ${String(value)}`,
  );
  return `${kind}(${parts.join(', ')})`;
}

/** @throws InputError for a file that cannot be parsed: what is left out unseen looks as if it were not there */
function scenarios(): readonly { readonly id: string; readonly kind: string; readonly title: string; readonly path: string }[] {
  return (['home', 'study'] as const).flatMap((kind) => {
    const folder = kind === 'home' ? 'scenarios/homes' : 'scenarios/studies';
    return fileReader.list(folder).map((name) => {
      const path = `${folder}/${name}`;
      const source = parse(fileReader.read(path) ?? '', { file: path });
      const text = (key: string): string | undefined => {
        const value = child(source, key);
        return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
      };
      return { id: text('id') ?? name, kind, title: text('title') ?? text('question') ?? '', path };
    });
  });
}
