/** Length of a password in characters. */
export const PASSWORD = { min: 10, max: 200 } as const;
