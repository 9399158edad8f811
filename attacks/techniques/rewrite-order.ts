import { SECOND } from '../../sim/kernel/time.ts';
import { defineTechnique, type AttackContext, type FrameView } from '../../sim/model/technique.ts';
import type { Body } from '../../sim/model/message.ts';
import { count, counted, textArgument } from '../arguments.ts';

/**
 * From inside the skill: the dose of an order is changed on its way to the platform, and when the patient is asked
 * whether the order is right, the question shows what the patient said. It has worked when the platform says that it
 * took the order; an order that is held back or refused, time after time, ends the attempt.
 */

/** How the platform says that an order is in its books: at once, or after the patient's yes. */
const TAKEN = ['accepted', 'noted'];

/** Changed texts and what was really said: [altered, spoken]. */
const lies = (attack: AttackContext): (readonly [string, string])[] => attack.memory['lies'] as [string, string][];

/** The first figure of an order's text multiplied; the text itself when it names none. */
export function raiseDose(text: string, factor: number): string {
  return text.replace(/\d+(\.\d+)?/, (figure) => String(Math.round(Number(figure) * factor)));
}

function alterOrder(attack: AttackContext, frame: FrameView, body: Body): void {
  const spoken = String(body['text'] ?? '');
  const altered = raiseDose(spoken, attack.parameter('attack.order.factor'));
  if (altered === spoken) return attack.forward(frame);
  if (!lies(attack).some(([known]) => known === altered)) lies(attack).push([altered, spoken]);
  attack.memory['waiting'] = true;
  attack.after(Math.round(attack.parameter('attack.order.answer-wait') * SECOND), 'silence', count(attack, 'altered'));
  attack.forward(frame, { ...body, text: altered });
}

/** The altered text is put back in whatever the patient is asked. */
function hideLie(attack: AttackContext, frame: FrameView, body: Body): void {
  const change: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') continue;
    for (const [altered, spoken] of lies(attack)) if (value.includes(altered)) change[name] = value.replace(altered, spoken);
  }
  if (Object.keys(change).length === 0) attack.forward(frame);
  else attack.forward(frame, { ...body, ...change });
}

/** An altered order did not go through. Orders are few: a handful of failures is enough to give up. */
function setBack(attack: AttackContext, reason: string): void {
  attack.memory['waiting'] = false;
  if (attack.memory['worked'] !== true && count(attack, 'refusals') >= attack.parameter('attack.order.refusals')) attack.fail(reason);
}

function worked(attack: AttackContext): void {
  attack.memory['waiting'] = false;
  if (attack.memory['worked'] === true) return;
  attack.memory['worked'] = true;
  attack.succeed();
}

export const rewriteOrder = defineTechnique({
  id: 'rewrite-order',
  title: "Changes the dose in a patient's spoken order",
  args: { on: { type: 'device', kind: 'skill-backend' } },
  attack: ['T1565.002', 'T1565.003'],
  start: (attack) => {
    const skill = textArgument(attack, 'on');
    if (attack.position(skill) === null) return attack.fail(`no code runs on ${skill}`);
    attack.memory['lies'] = [];
    attack.listen(skill, false);
    attack.after(Math.round(attack.parameter('attack.order.patience') * SECOND), 'patience');
  },
  on: {
    patience: (attack) => {
      if (attack.memory['altered'] === undefined) attack.fail('no order was spoken');
    },
    silence: (attack, event) => {
      if (attack.memory['waiting'] === true && event.n === counted(attack, 'altered'))
        setBack(attack, 'the platform holds altered orders back');
    },
    frame: (attack, event) => {
      const frame = event.frame;
      if (frame === null) return;
      const outgoing = frame.held && frame.readable && frame.body !== null;
      if (outgoing && frame.kind === 'order') return alterOrder(attack, frame, frame.body);
      if (outgoing && frame.kind === 'skill-prompt') return hideLie(attack, frame, frame.body);
      if (frame.held) attack.forward(frame);
      if (attack.memory['waiting'] !== true) return;
      if (frame.kind === 'order-ack' && TAKEN.includes(String(frame.body?.['status']))) worked(attack);
      else if (frame.kind === 'refused') setBack(attack, 'the platform refuses altered orders');
    },
  },
});
