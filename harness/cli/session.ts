import type { Settings } from '../checkpoint';
import type { Project } from '../model';
import type { RunFolder } from '../report/folder';
import type { WorkerPool } from '../workers';
import type { World } from '../world';
import type { Interrupt } from './interrupt';
import type { Output } from './output';
import type { SignOff } from './signoff';

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
