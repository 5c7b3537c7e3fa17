export const HOSTILE_NUMBERS = [NaN, Infinity, -Infinity, 1e30, -1e30, 3.4e38, 1e-42, 5e-324, -0];
