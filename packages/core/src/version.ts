/** Version of the packages, as in their package.json. */
export const VERSION = '0.1.0';
