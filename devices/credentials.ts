/**
 * Password that the kit presents to the telehealth platform: handed out at enrolment, so both ends can state it.
 * A value on the wire like any other: who reads it can use it.
 */
export const kitPassword = (hub: string): string => `kit-password-of-${hub}`;
