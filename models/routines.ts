import type { Routine } from '../harness/language';
import * as assist from './assist';
import * as coro from './coro';
import * as debugcall from './debugcall';
import * as foreachp from './foreachp';
import * as gc from './gc';
import * as gosched from './gosched';
import * as heapdump from './heapdump';
import * as idle from './idle';
import * as mark from './mark';
import * as netpoll from './netpoll';
import * as newproc from './newproc';
import * as park from './park';
import * as preempt from './preempt';
import * as preemptall from './preemptall';
import * as procs from './procs';
import * as profile from './profile';
import * as reader from './reader';
import type { Runtime } from './runtime';
import * as schedule from './schedule';
import * as sema from './sema';
import * as stack from './stack';
import * as stw from './stw';
import * as syscall from './syscall';
import * as sysmon from './sysmon';
import * as traceadvance from './traceadvance';
import * as tracestack from './tracestack';
import * as tracestart from './tracestart';
import { systemstackReturn } from './words';

const isRoutine = (it: unknown): it is Routine<Runtime> => typeof it === 'object' && it !== null && 'frameSize' in it;

/** Every routine of the commit's model. */
export const routines: readonly Routine<Runtime>[] = [
  ...[
    assist,
    coro,
    debugcall,
    foreachp,
    gc,
    gosched,
    heapdump,
    idle,
    mark,
    netpoll,
    newproc,
    park,
    preempt,
    preemptall,
    procs,
    profile,
    reader,
    schedule,
    sema,
    stack,
    stw,
    syscall,
    sysmon,
    traceadvance,
    tracestack,
    tracestart,
  ].flatMap((file) => Object.values(file).filter(isRoutine)),
  systemstackReturn,
];
