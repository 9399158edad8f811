import type { RunResult, StepResult } from '../model/result.ts';
import { OUTCOMES } from '../world/outcomes.ts';
import type { Terminal } from './output.ts';
import { figure, table } from './table.ts';

/** Stands beside clinical figures wherever they are shown. */
export const CLINICAL_NOTE =
  'Clinical figures are modelled, not clinically validated. A single run only illustrates; see "homeward study" for estimates.';

/** What a run did, for people. */
export function printRun(result: RunResult, terminal: Terminal): void {
  const { threat } = result;
  terminal.out(
    terminal.bold(`${result.scenario} · seed ${result.seed} · replication ${result.replication} · ${figure(result.simulatedHours)} h`),
  );
  if (threat === null) terminal.out('No threat event: what happens without any attacker.');
  else {
    terminal.out(`Threat event ${threat.id} ${threat.succeeded ? 'reached its goal' : 'did not reach its goal'}.`);
    terminal.out();
    const tried = threat.steps.filter(({ status }) => status !== 'skipped');
    const rows = tried.map((step, i) => [
      String(i + 1),
      step.technique,
      step.status,
      step.at === null ? '-' : clock(step.at),
      String(step.messages.length),
      stoppedBy(step),
    ]);
    terminal.out(
      table(
        [
          { title: '#', align: 'right' },
          { title: 'step' },
          { title: 'status' },
          { title: 'started', align: 'right' },
          { title: 'messages', align: 'right' },
          { title: 'stopped by' },
        ],
        rows,
      ),
    );
    const untried = threat.steps.length - tried.length;
    if (untried > 0) terminal.out(terminal.dim(`${untried} steps of its graph were not tried.`));
  }
  terminal.out();
  printOutcomes(result, terminal);
  terminal.out();
  const truths = result.alerts.filter((alert) => alert.truth).length;
  terminal.out(`${result.alerts.length} alerts, ${truths} of them on the adversary's messages.`);
  terminal.out(
    terminal.dim(`${result.events} events, ${result.messages} messages, ${figure(result.wallMs, 0)} ms. Fingerprint ${result.fingerprint}`),
  );
  terminal.out(terminal.dim(CLINICAL_NOTE));
}

function printOutcomes(result: RunResult, terminal: Terminal): void {
  const happened = OUTCOMES.filter(({ id }) => (result.outcomes[id] ?? null) !== null);
  const rows = happened.map(({ id, unit }) => {
    const cells = [id, figure(result.outcomes[id]), unit];
    return result.attributable === null ? cells : [...cells, figure(result.attributable[id])];
  });
  const columns = [{ title: 'outcome' }, { title: 'value', align: 'right' as const }, { title: 'unit' }];
  terminal.out(table(result.attributable === null ? columns : [...columns, { title: 'attributable', align: 'right' }], rows));
  const absent = OUTCOMES.filter(({ id }) => (result.outcomes[id] ?? null) === null).map(({ id }) => id);
  if (absent.length > 0) terminal.out(terminal.dim(`Did not happen: ${absent.join(', ')}.`));
}

function stoppedBy(step: StepResult): string {
  if (step.blockedBy === null) return '';
  return `${step.blockedBy.device}: ${step.blockedBy.rule ?? step.blockedBy.fact ?? '?'}`;
}

/** Seconds since the start → "D2 03:04:05". */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const part = (value: number): string => String(value).padStart(2, '0');
  const day = Math.floor(whole / 86_400) + 1;
  return `D${day} ${part(Math.floor(whole / 3600) % 24)}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}
