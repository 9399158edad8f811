import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, folder, homeward, start } from './homeward.ts';

const url = (text: string): string => /http:\/\/127\.0\.0\.1:\d+\//.exec(text)![0];

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited 30 s in vain');
    await new Promise((next) => setTimeout(next, 5));
  }
}

describe('serve', () => {
  it('serves page, library and study until Ctrl-C', async () => {
    const running = start(['serve', '--port', '0']);
    const address = url(await running.until(/serves http:\S+/));
    expect(await (await fetch(address)).text()).toContain('<!doctype html>');
    const library = (await (await fetch(`${address}api/library`)).json()) as {
      homes: string[];
      studies: string[];
      files: Record<string, string>;
    };
    expect(library.homes).toContain('scenarios/homes/reference.yaml');
    expect(library.studies).toContain('scenarios/studies/cswp34.yaml');
    for (const path of [...library.homes, ...library.studies, 'attacks/threat-events/te2-reading-tamper.yaml'])
      expect(library.files[path]).toContain('id:');
    expect(Object.keys(library.files).every((path) => /^(scenarios|attacks)\/[a-z0-9/.-]+$/.test(path))).toBe(true);
    expect(await (await fetch(`${address}api/study`)).json()).toEqual({ study: null });
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  });
});

describe('start', () => {
  it('shows the study live, prints its table and ends with --exit', async () => {
    const cwd = folder();
    // The flagship study, an hour of it: what is tested here is the table and that the page sees it grow, for which it must
    // go on for some seconds after its first estimates, on a machine with other work as well.
    const flagship = readFileSync(join(PROJECT, 'scenarios/studies/cswp34.yaml'), 'utf8');
    writeFileSync(join(cwd, 'home.yaml'), 'id: small\nextends: reference\n');
    writeFileSync(join(cwd, 'hour.yaml'), flagship.replace('../homes/reference.yaml', 'home.yaml').replace(/^hours: .*$/m, 'hours: 1'));
    const running = start(['start', 'hour.yaml', '--exit', '--port', '0', '--replications', '60', '--workers', '2'], { cwd });
    const address = url(await running.until(/serves http:\S+/));
    const states = new Set<string>();
    let early = 0;
    const watching = (async () => {
      for (;;) {
        const answer = await fetch(`${address}api/study`).catch(() => null);
        if (answer === null) return;
        const { study } = (await answer.json()) as { study: { state: string; arms: { n: number }[] } | null };
        if (study !== null) {
          states.add(study.state);
          expect(study.arms).toHaveLength(15);
          if (study.state === 'running' && study.arms[0]!.n > 0) early++;
        }
        await new Promise((next) => setTimeout(next, 20));
      }
    })();
    const { code, out } = await running.ended;
    await watching;
    expect(code).toBe(0);
    expect(states.has('running')).toBe(true);
    expect(early).toBeGreaterThan(0);
    for (const threat of ['te1-voice-eavesdrop', 'te2-reading-tamper', 'te3-uplink-flood', 'te4-voice-command', 'te5-router-to-hospital'])
      expect(out).toMatch(
        new RegExp(`^${threat} +reached its goal +\\d+ % \\[\\d+, \\d+\\] +\\d+ % \\[\\d+, \\d+\\] +\\d+ % \\[\\d+, \\d+\\]$`, 'm'),
      );
    expect(out).toMatch(/none +typical +recommended/);
    expect(out.match(/^ +undetectedDeteriorationMinutes/gm)).toHaveLength(5);
    for (const own of ['recordsExposed', 'alteredObservationsAccepted', 'telemetryGapMinutes', 'alteredOrdersExecuted'])
      expect(out).toContain(own);
    expect(out).toContain('Modelled, not clinically validated');
    expect(out).toContain('not endorsed by NIST');
  });
});

describe('an interrupted study', () => {
  const write = (): string => {
    const cwd = folder();
    writeFileSync(join(cwd, 'home.yaml'), 'id: small\nextends: reference\n');
    writeFileSync(
      join(cwd, 'small.yaml'),
      'id: small\nquestion: May it stop?\nhome: home.yaml\nhours: 1\nthreats: [te2-reading-tamper]\narms: { sets: [none, typical] }\nreplications: 40\noutcomes: [recordsExposed]\n',
    );
    return cwd;
  };

  it('keeps what is finished, says how to go on, and ends in the same bytes', async () => {
    const cwd = write();
    const running = start(['study', 'small.yaml', '--out', 'out', '--workers', '1'], { cwd });
    const partial = join(cwd, 'out/runs.partial.jsonl');
    await until(() => existsSync(partial) && statSync(partial).size > 0);
    running.signal('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('homeward study small.yaml --out out --resume');
    expect(stopped.out).toBe('');
    const results = await homeward(['results', 'out', '--json'], { cwd });
    expect(results.err).toContain('not finished');
    expect((JSON.parse(results.out) as { replications: number }).replications).toBeLessThan(40);

    const resumed = await homeward(['study', 'small.yaml', '--out', 'out', '--resume', '--json'], { cwd });
    const whole = await homeward(['study', 'small.yaml', '--out', 'whole', '--json'], { cwd });
    expect([resumed.code, whole.code]).toEqual([0, 0]);
    expect(resumed.out).toBe(whole.out);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(readdirSync(join(cwd, 'whole')).sort());
    for (const name of readdirSync(join(cwd, 'whole'))) {
      const [a, b] = ['out', 'whole'].map((dir) => readFileSync(join(cwd, dir, name)));
      if (name !== 'manifest.json') expect([name, a!.equals(b!)]).toEqual([name, true]);
      else expect({ ...JSON.parse(String(a)), execution: null }).toEqual({ ...JSON.parse(String(b)), execution: null });
    }
  });

  it('keeps nothing without --out, and says so', async () => {
    const running = start(['study', 'small.yaml', '--workers', '1'], { cwd: write() });
    await running.until(/0 of \d+ runs/);
    running.signal('SIGINT');
    const { code, err } = await running.ended;
    expect(code).toBe(130);
    expect(err).toContain('nothing is kept without --out DIR');
  });
});

describe('a reader that stops early', () => {
  it('is no error', async () => {
    const running = start(['list', 'parameters', '--json']);
    running.closeOutput();
    const { code, err } = await running.ended;
    expect([code, err]).toEqual([0, '']);
  });
});
