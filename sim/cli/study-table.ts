import type { OutcomeSpec } from '../model/result.ts';
import { DOUBTFUL } from '../stats/index.ts';
import type { ArmSummary, StudyResult } from '../study/index.ts';
import { OUTCOMES } from '../world/outcomes.ts';
import { warningsOf } from './documents.ts';
import type { Terminal } from './output.ts';
import { figure, interval, table } from './table.ts';

const specOf = (id: string): OutcomeSpec | undefined => OUTCOMES.find((spec) => spec.id === id);

/**
 * Threat events × measures down, sets across. Without a threat event the outcomes themselves, with one what is
 * attributable to it: with the attack minus the same luck and mitigations without it. Times since the attack are
 * shown themselves. What is not there in every run is followed by the share of runs in which it is.
 * @param outcomesOf outcomes to show for a threat event
 */
export function printStudy(result: StudyResult, terminal: Terminal, outcomesOf: (threat: string | null) => readonly string[]): void {
  const sets = [...new Set(result.arms.map(({ set }) => set))];
  const threats = [...new Set(result.arms.map(({ threat }) => threat))];
  const rows: string[][] = [];
  for (const threat of threats) {
    const arms = sets.map((set) => result.arms.find((arm) => arm.threat === threat && arm.set === set));
    const line = (label: string, cell: (arm: ArmSummary) => string): void => {
      rows.push([
        rows.at(-1)?.[0] === undefined || label === 'reached its goal' || threat === null ? (threat ?? 'nobody attacks') : '',
        label,
        ...arms.map((arm) => (arm === undefined ? '' : cell(arm))),
      ]);
    };
    if (threat !== null) line('reached its goal', (arm) => interval(arm.succeeded ?? undefined, true));
    for (const id of outcomesOf(threat)) {
      const { unit = '', sinceAttack = false } = specOf(id) ?? {};
      const itself = threat === null || sinceAttack;
      const ofArms = arms.map((arm) => (itself ? arm?.outcomes[id] : undefined));
      const never = ofArms.find((estimate) => estimate?.restrictedTo !== undefined)?.restrictedTo;
      line(`${id} (${unit}${never === undefined ? '' : `; never counts as ${figure(never)}`})`, (arm) =>
        interval((itself ? arm.outcomes : arm.attributable)[id]),
      );
      if (ofArms.some((estimate) => estimate?.happened !== undefined))
        line('  in so many of the runs', ({ outcomes }) => {
          const { n = 0, happened } = outcomes[id] ?? {};
          return happened !== undefined ? interval(happened, true) : n === 0 ? '-' : '100 %';
        });
    }
  }
  terminal.out(terminal.bold(result.question));
  terminal.out(
    table([{ title: 'threat event' }, { title: 'measure' }, ...sets.map((title) => ({ title, align: 'right' as const }))], rows),
  );
  terminal.out();
  for (const line of conditions(result)) terminal.out(line);
}

/** What every figure rests on, in the words that must stand beside it. */
function conditions(result: StudyResult): readonly string[] {
  const course = result.given.course === 'deteriorating' ? ', and given that the patient deteriorates' : '';
  const level = result.arms.find(({ succeeded }) => succeeded !== null)?.succeeded?.level ?? 0.95;
  const since = Object.keys(result.arms[0]?.outcomes ?? {}).filter((id) => specOf(id)?.sinceAttack === true);
  const lines = [
    `${result.replications} replications an arm over ${figure(result.given.hours)} h, seed ${result.seed}; mean [${figure(level * 100)} % interval]; given that this adversary tries${course}.`,
    `Outcomes of a threat event are attributable: with the attack minus the same luck and mitigations without it${since.length > 0 ? `; ${since.join(' and ')} count from its start` : ''}.`,
  ];
  if (warningsOf(result).length > 0) lines.push(`${DOUBTFUL} marks intervals that should not be trusted yet; the reasons follow as WARN.`);
  const clinical = Object.keys(result.arms[0]?.outcomes ?? {}).filter((id) => specOf(id)?.clinical === true);
  if (clinical.length > 0) lines.push(`Modelled, not clinically validated: ${clinical.join(', ')}.`);
  lines.push(`Fingerprint ${result.fingerprint}. Independent work, not endorsed by NIST.`);
  return lines;
}
