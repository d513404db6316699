import { createHash } from 'node:crypto';

/** Eight hexadecimal digits of a text (FNV-1a, 32 bits). Tells texts apart, guards against slips; no cryptography. */
export function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
}

/** 64 hexadecimal digits of a text (SHA-256). Tells a file that is whole from one in which a bit has changed. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
