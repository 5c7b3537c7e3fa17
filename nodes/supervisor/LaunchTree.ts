import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProvenProcess } from '../../core/supervision/Witness.ts';
import { type NodePrograms, nodeOfCommand, nodePrograms } from './nodeOfCommand.ts';
import { type ProcessFacts, readProcess, readProcesses, readText } from './processTable.ts';

/** Processes between a launch and a node that start nothing else: a shell, `st4vla node`. */
const MAX_WRAPPERS = 6;

export type LaunchTreeOptions = {
  /** Where /proc is. */
  readonly proc?: string;
  /** The process that asks. */
  readonly self?: number;
  /** Folder of the compiled nodes. */
  readonly nodesFolder?: string;
};

/**
 * The nodes of this package that the launch of this process has started: children of the process that
 * has started this one, with wrappers (that have no other child) in between or not, of the same user,
 * with the command line of a node.
 */
export class LaunchTree {
  readonly #proc: string;
  readonly #self: number;
  readonly #programs: NodePrograms;
  /** What started this process, as long as it lives. */
  readonly #parent: ProcessFacts | undefined;
  readonly #nodeJs: string;

  constructor({ proc = '/proc', self = process.pid, nodesFolder }: LaunchTreeOptions = {}) {
    this.#proc = proc;
    this.#self = self;
    this.#programs = nodePrograms(nodesFolder ?? dirname(import.meta.dirname));
    this.#parent = readProcess(proc, readProcess(proc, self)?.parent ?? 0);
    this.#nodeJs = this.#link(self, 'exe') ?? process.execPath;
  }

  /** As the kernel shows them now; none where the launch has ended. */
  nodes(): ProvenProcess[] {
    const all = this.#hasLaunch() ? readProcesses(this.#proc) : new Map<number, ProcessFacts>();
    const self = all.get(this.#self);
    if (!self) return [];
    const childrenOf = childrenIn(all);
    const launch = launchOf(self, all, childrenOf);
    return childrenOf(launch).flatMap((child) => {
      const found = this.#nodeBelow(child, childrenOf);
      return found && this.#isOfThisUser(found.pid, launch) ? [found] : [];
    });
  }

  /** An orphan has no launch: its new parent has not started it, and starts nothing again. */
  #hasLaunch(): boolean {
    const parent = this.#parent;
    const isSame = parent && readProcess(this.#proc, parent.pid)?.start === parent.start;
    return isSame === true && readProcess(this.#proc, this.#self)?.parent === parent.pid;
  }

  /** The process itself, or the one that it was started to start. */
  #nodeBelow(
    { pid, start }: ProcessFacts,
    childrenOf: (pid: number) => readonly ProcessFacts[],
    depth = 0,
  ): ProvenProcess | undefined {
    if (pid === this.#self) return undefined;
    const node = this.#nodeOf(pid);
    if (node !== undefined) return { node, pid, start };
    const [child, ...others] = childrenOf(pid);
    if (!child || others.length > 0 || depth >= MAX_WRAPPERS) return undefined;
    return this.#nodeBelow(child, childrenOf, depth + 1);
  }

  #nodeOf(pid: number): string | undefined {
    const words = readText(join(this.#proc, String(pid), 'cmdline'))?.split('\0');
    const workingDirectory = this.#link(pid, 'cwd') ?? '/';
    const command = { program: this.#link(pid, 'exe'), words: words ?? [], workingDirectory };
    return nodeOfCommand(command, this.#programs, this.#nodeJs);
  }

  /** All users share the first process of a machine: below it the control group has to be ours, too. */
  #isOfThisUser(pid: number, launch: number): boolean {
    const isOurs = this.#users(pid) !== undefined && this.#users(pid) === this.#users(this.#self);
    if (!isOurs || launch !== 1) return isOurs;
    return this.#controlGroup(pid) === this.#controlGroup(this.#self);
  }

  /** Real and effective, saved and of the file system. */
  #users(pid: number): string | undefined {
    const status = readText(join(this.#proc, String(pid), 'status')) ?? '';
    return /^Uid:\s*(.*)$/m.exec(status)?.[1];
  }

  #controlGroup(pid: number): string | undefined {
    return readText(join(this.#proc, String(pid), 'cgroup'));
  }

  /** Undefined where the kernel does not say, as for a program with capabilities of its own. */
  #link(pid: number, name: 'exe' | 'cwd'): string | undefined {
    try {
      // A program that was replaced by a newer one since is still the same program.
      return readlinkSync(join(this.#proc, String(pid), name)).replace(/ \(deleted\)$/, '');
    } catch {
      return undefined;
    }
  }
}

function childrenIn(all: ReadonlyMap<number, ProcessFacts>) {
  const children = new Map<number, ProcessFacts[]>();
  for (const facts of all.values()) {
    const known = children.get(facts.parent);
    if (known) known.push(facts);
    else children.set(facts.parent, [facts]);
  }
  return (pid: number): readonly ProcessFacts[] => children.get(pid) ?? [];
}

/**
 * The parent of a process, or, where that has no other child, the one that has started it in turn; never
 * beyond a process group, as a shell makes one for each command that a person gives.
 */
function launchOf(
  self: ProcessFacts,
  all: ReadonlyMap<number, ProcessFacts>,
  childrenOf: (pid: number) => readonly ProcessFacts[],
): number {
  let launch = self.parent;
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const facts = all.get(launch);
    const isWrapper = facts && childrenOf(launch).length === 1 && facts.group !== launch;
    if (!isWrapper || facts.parent <= 1) break;
    launch = facts.parent;
  }
  return launch;
}
