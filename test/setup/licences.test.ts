import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { thirdPartyListing } from '../../setup/licences.mjs';
import { packageRoot } from '../../setup/paths.mjs';

describe('licences', () => {
  const lock = fs.readFileSync(path.join(packageRoot, 'package-lock.json'), 'utf8');

  it('are permissive, all of them', () => {
    assert.deepEqual(thirdPartyListing(lock).refused, []);
  });

  it('are listed in THIRD-PARTY.md (npm run licences)', () => {
    const written = fs.readFileSync(path.join(packageRoot, 'THIRD-PARTY.md'), 'utf8');
    assert.equal(written, thirdPartyListing(lock).listing);
  });

  it('would be refused when they ask for more', () => {
    const packages = { '': {}, 'node_modules/x': { version: '1.0.0', license: 'GPL-3.0' } };
    assert.deepEqual(thirdPartyListing(JSON.stringify({ packages })).refused, ['x: GPL-3.0']);
  });

  it('leave no address of a registry in the lock files', () => {
    assert.ok(!lock.includes('"resolved"'));
    const wheels = fs.readFileSync(path.join(packageRoot, 'setup', 'ros-jazzy.txt'), 'utf8');
    assert.ok(!wheels.includes('://'));
  });
});
