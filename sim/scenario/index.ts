/** The scenario layer: YAML or JSON in, validated and resolved world specifications out. */
export { complaintText, InputError, type Complaint, type Place } from './errors.ts';
export { memoryReader, type SourceReader } from './reader.ts';
export { loadHome, type Home } from './home.ts';
export { loadLibrary, type Library } from './library.ts';
export { loadStudy, type Study, type StudyArm } from './study.ts';
export { resolve, type Choices } from './resolve.ts';
export type { Mitigation } from './mitigation.ts';
export type { Threat } from './threat.ts';
