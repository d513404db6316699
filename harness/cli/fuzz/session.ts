import type { Settings } from '../../campaign/checkpoint';
import type { RunFolder } from '../../campaign/folder';
import type { WorkerPool } from '../../campaign/threads/pool';
import type { Project } from '../../language/project';
import type { World } from '../../language/world';
import type { SignOff } from '../../measure/signoff';
import type { Interrupt } from '../interrupt';
import type { Output } from '../output';

/** What is at hand while a campaign goes on. */
export interface Session<W extends World, P> {
  readonly project: Project<W, P>;
  readonly settings: Settings;
  readonly pool: WorkerPool<P>;
  readonly folder: RunFolder<P>;
  readonly interrupt: Interrupt;
  readonly out: Output;
  readonly version: string;
  readonly fix: SignOff | undefined;
}
