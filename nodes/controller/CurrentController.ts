import { Controller } from '../../core/control/Controller.ts';
import type { ControllerOptions } from '../../core/control/ControllerOptions.ts';

export type CurrentControllerOptions = {
  readonly coreOptions: () => ControllerOptions;
  /** The parameter, as it is now. */
  readonly speedScale: () => number;
};

/** The controller of the core that is in use. Each configuration of the node begins with another one. */
export class CurrentController {
  readonly #options: CurrentControllerOptions;
  #core: Controller;
  #driverFault: string | undefined;

  constructor(options: CurrentControllerOptions) {
    this.#options = options;
    this.#core = new Controller(options.coreOptions());
  }

  get core(): Controller {
    return this.#core;
  }

  /** Replaces the controller; speed and driver's fault pass to the next one. */
  replace(): void {
    this.#core = new Controller(this.#options.coreOptions());
    this.applySpeed();
    this.#core.driverFault(this.#driverFault);
  }

  applySpeed(): void {
    this.#core.setSpeedScale(this.#options.speedScale());
  }

  /** @param fault undefined if the driver is well */
  driverFault(fault: string | undefined): void {
    this.#driverFault = fault;
    this.#core.driverFault(fault);
  }
}
