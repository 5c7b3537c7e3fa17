import type { RgbImage } from '../../core/observation/Observation.ts';

/** Why a picture was refused; `message` says what was found and what was expected. */
export type ImageFault = {
  readonly code: 'encoding' | 'size' | 'step' | 'data';
  readonly message: string;
};

/** A camera's picture as rgb8, or why it is not one: a bad frame is dropped, it never throws. */
export type DecodedImage =
  | { readonly ok: true; readonly image: RgbImage }
  | { readonly ok: false; readonly fault: ImageFault };

export function refused(code: ImageFault['code'], message: string): DecodedImage {
  return { ok: false, fault: { code, message } };
}
