/**
 * Drug and dose as the hospital's medication list has them, by care plan. The patient reads them off the same plan.
 * Drugs and doses are only labels here: nothing is dosed.
 */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  copd: ['salbutamol 100 mcg', 'tiotropium 18 mcg', 'prednisolone 30 mg'],
  general: ['paracetamol 500 mg', 'furosemide 40 mg'],
};

/** Every care plan with medications, and vitals in the registry (`patient.<plan>.<vital>`). */
export const CARE_PLANS: readonly string[] = Object.keys(LISTS);

/** @param plan one of `CARE_PLANS`: a home with another one is refused before anything runs */
export const medicationsOf = (plan: string): readonly string[] => LISTS[plan]!;

/** Is `text` a refill of exactly one drug and dose on the list? */
export const onList = (plan: string, text: string): boolean => medicationsOf(plan).some((entry) => text === `refill ${entry}`);
