/** Things that can be picked up. */
export const SOURCE_KINDS = ['spoon', 'carrot', 'eggplant', 'cube'] as const;
/** Things that only carry others; they do not move. */
export const SUPPORT_KINDS = ['plate', 'towel', 'basket'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];
export type SupportKind = (typeof SUPPORT_KINDS)[number];

/** What stands in the kitchen of Google Robot; all of it can be picked up. */
export const GROCERY_KINDS = [
  'coke_can',
  'lying_coke_can',
  'pepsi_can',
  '7up_can',
  'redbull_can',
  'blue_bottle',
  'apple',
  'orange',
  'sponge',
] as const;
export type GroceryKind = (typeof GROCERY_KINDS)[number];

/** What training scenes are made of. */
export type TrainedKind = SourceKind | SupportKind | GroceryKind;
