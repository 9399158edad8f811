import { isSeed } from '../address.ts';
import { el } from '../dom.ts';
import type { Choices, Menu, MitigationChoice } from '../engine/messages.ts';
import { words } from '../story/incidents.ts';

/** Home, threat event, mitigations, course and seed. Any change starts the run anew with the same seed. */
export class ChoicesForm {
  private readonly form: HTMLFormElement;
  private readonly onChange: (choices: Choices) => void;
  private menu: Menu = { homes: [], threats: [], mitigations: [], sets: [] };
  private choices: Choices;

  constructor(form: HTMLFormElement, choices: Choices, onChange: (choices: Choices) => void) {
    this.form = form;
    this.choices = choices;
    this.onChange = onChange;
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  show(menu: Menu): void {
    this.menu = menu;
    const { choices } = this;
    const homes = menu.homes.map(({ path, title }) => option(path, title, choices.home));
    const threats = [
      option('', 'none: an ordinary day', choices.threat ?? ''),
      ...menu.threats.map(({ id, title }) => option(id, `${id.split('-')[0]!.toUpperCase()} · ${title}`, choices.threat ?? '')),
    ];
    const sets = menu.sets.map(({ id }) => option(id, words(id), ''));
    // Not to be chosen: it is what the set is called when single mitigations were switched.
    const own = el('option', { value: '', disabled: true }, 'my own choice');
    const courses = [option('deteriorating', 'deteriorating', choices.course), option('natural', 'natural', choices.course)];
    const seed = el('input', {
      id: 'seed',
      type: 'number',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      step: 1,
      value: choices.seed,
      inputmode: 'numeric',
    });
    this.form.replaceChildren(
      labelled(
        'Home',
        this.select('home', withChosen(homes, choices.home), (home) => ({ home })),
      ),
      labelled(
        'Threat event',
        this.select('threat', withChosen(threats, choices.threat ?? ''), (threat) => ({
          threat: threat || null,
        })),
      ),
      labelled(
        'Patient’s course',
        this.select('course', courses, (course) => ({ course: course === 'natural' ? 'natural' : 'deteriorating' })),
      ),
      labelled('Seed', seed),
      labelled(
        'Mitigation set',
        this.select('set', [...sets, own], (mitigations) => ({ mitigations })),
      ),
      ...this.families(),
    );
    seed.addEventListener('change', () => {
      // What is no whole number, or too large to be told from its neighbours, would not be the seed that is shown.
      if (seed.value !== '' && isSeed(Number(seed.value))) this.change({ seed: Number(seed.value) });
      else seed.value = String(this.choices.seed);
    });
    this.mark();
  }

  /** The address was changed by hand or by the back button. */
  adopt(choices: Choices): void {
    this.choices = choices;
    if (this.menu.threats.length > 0) this.show(this.menu);
  }

  private families(): HTMLElement[] {
    const families = new Map<string, MitigationChoice[]>();
    for (const mitigation of this.menu.mitigations)
      families.set(mitigation.family, [...(families.get(mitigation.family) ?? []), mitigation]);
    const first = this.menu.mitigations[0]?.family;
    return [...families].map(([family, mitigations]) => {
      const title = words(family);
      const group = el('div', { role: 'group', 'aria-label': title }, ...mitigations.map((mitigation) => this.checkbox(mitigation)));
      return el(
        'details',
        { class: 'family', open: first === family },
        el('summary', {}, `${title} `, el('span', { class: 'count' })),
        group,
      );
    });
  }

  private checkbox({ id, title, actor }: MitigationChoice): HTMLElement {
    const box = el('input', { type: 'checkbox', name: 'mitigation', value: id, id: `mitigation-${id}` });
    box.addEventListener('change', () => {
      const chosen = new Set(this.chosen());
      if (box.checked) chosen.add(id);
      else chosen.delete(id);
      this.change({
        mitigations: this.menu.mitigations.filter((mitigation) => chosen.has(mitigation.id)).map((mitigation) => mitigation.id),
      });
    });
    return el('label', { class: 'switch' }, box, el('span', {}, title, el('small', {}, ` ${words(actor)}`)));
  }

  private select(id: string, options: readonly HTMLOptionElement[], choose: (value: string) => Partial<Choices>): HTMLSelectElement {
    const select = el('select', { id }, ...options);
    select.addEventListener('change', () => this.change(choose(select.value)));
    return select;
  }

  private change(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    this.mark();
    this.onChange(this.choices);
  }

  private chosen(): readonly string[] {
    const { mitigations } = this.choices;
    if (typeof mitigations !== 'string') return mitigations;
    return this.menu.sets.find(({ id }) => id === mitigations)?.mitigations ?? [];
  }

  /** Ticks what is chosen, and names the set when the ticks are exactly one. */
  private mark(): void {
    const chosen = new Set(this.chosen());
    for (const box of this.form.querySelectorAll<HTMLInputElement>('input[name=mitigation]')) box.checked = chosen.has(box.value);
    for (const family of this.form.querySelectorAll('details.family')) {
      const boxes = [...family.querySelectorAll<HTMLInputElement>('input')];
      family.querySelector('.count')!.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} on`;
    }
    const same = this.menu.sets.find((set) => set.mitigations.length === chosen.size && set.mitigations.every((id) => chosen.has(id)));
    const sets = this.form.querySelector<HTMLSelectElement>('#set');
    if (sets !== null) sets.value = same?.id ?? '';
  }
}

function option(value: string, label: string, chosen: string): HTMLOptionElement {
  return el('option', { value, selected: value === chosen }, label);
}

/** What the address names and the menu does not offer is shown all the same, not the first of the menu. */
function withChosen(options: HTMLOptionElement[], chosen: string): HTMLOptionElement[] {
  return options.some(({ value }) => value === chosen) ? options : [option(chosen, chosen, chosen), ...options];
}

function labelled(title: string, control: HTMLElement): HTMLElement {
  return el('div', { class: 'field' }, el('label', { for: control.id }, title), control);
}
