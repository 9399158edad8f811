/** What the care skill asks and says. Each question is PHI by itself: it tells what the patient is treated for. */
export const CHECK_IN_QUESTIONS: readonly string[] = [
  'Good morning. How is your breathing today compared with yesterday?',
  'Did you take your inhaler and your steroid tablets this morning?',
  'Do you have any chest pain, or more sputum than usual?',
  'To finish: which day is it today, and where are you?',
];
export const CHECK_IN_THANKS = 'Thank you. Your care team has your answers.';
export const NOT_AVAILABLE = 'I could not reach your care team. Please use the tablet.';
export const RESULTS = 'Your potassium is 4.1, your CRP came down to 32, and your blood gas from yesterday is unchanged.';
export const RESULTS_ON_TABLET = 'Your results are on your tablet.';
export const NURSE_COMING = 'I have told your nurse. You will be called.';
export const ORDER_TAKEN = 'Your request is with the pharmacist.';
export const ORDER_DROPPED = 'All right, I have not passed it on.';
/** Asked before an order that is to be confirmed by voice. */
export const confirmOrder = (text: string): string => `You asked for: ${text}. Is that right?`;
