import assert from 'node:assert/strict';
import { movableJoint } from '../../../core/kinematics/UrdfModel.ts';
import { parseUrdf } from '../../../core/kinematics/parseUrdf.ts';
import { widowxUrdf } from '../arm.ts';

const LINKS = '<link name="a"/><link name="b"/>';
const LIMIT = '<limit lower="-1" upper="1" effort="1" velocity="1"/>';

function robot(body: string): string {
  return `<robot name="r">${body}</robot>`;
}

function joint(inside: string, type = 'revolute', name = 'j'): string {
  return (
    `<joint name="${name}" type="${type}"><parent link="a"/><child link="b"/>` + `${inside}</joint>`
  );
}

describe('parseUrdf', () => {
  it('reads the WidowX', () => {
    assert.equal(widowxUrdf.name, 'wx250s');
    assert.equal(widowxUrdf.rootLink, 'base_link');
    assert.equal(widowxUrdf.links.size, 13);
    assert.equal(widowxUrdf.joints.size, 12);
    const finger = movableJoint(widowxUrdf, 'right_finger');
    assert.deepEqual(finger.mimic, { joint: 'left_finger', multiplier: -1, offset: 0 });
    const elbow = movableJoint(widowxUrdf, 'elbow');
    assert.deepEqual(elbow.limit, { lower: -2.147, upper: 1.606, effort: 13, velocity: 3.141593 });
    assert.deepEqual(elbow.parentFromJoint.position, [0.04975, 0, 0.25]);
    const base = widowxUrdf.links.get('base_link');
    assert.equal(base?.inertial?.massKg, 0.54);
    assert.deepEqual(base?.collisions[0]?.geometry, { shape: 'box', size: [0.15, 0.1, 0.045] });
    assert.deepEqual(base?.visuals[0]?.color, [0.3, 0.3, 0.32, 1]);
  });

  it('applies the defaults of the format', () => {
    const model = parseUrdf(robot(LINKS + joint(LIMIT)));
    const j = movableJoint(model, 'j');
    assert.deepEqual(j.axis, [1, 0, 0]);
    assert.deepEqual(j.parentFromJoint, { position: [0, 0, 0], orientation: [0, 0, 0, 1] });
    assert.deepEqual([j.damping, j.friction, j.mimic], [0, 0, undefined]);
  });

  it('makes axes unit vectors and reads colours in place', () => {
    const visual =
      '<link name="a"><visual><geometry><sphere radius="0.1"/></geometry>' +
      '<material name="m"><color rgba="1 0 0 1"/></material></visual></link><link name="b"/>';
    const model = parseUrdf(robot(visual + joint(`<axis xyz="0 0 2"/>${LIMIT}`)));
    assert.deepEqual(movableJoint(model, 'j').axis, [0, 0, 1]);
    assert.deepEqual(model.links.get('a')?.visuals[0]?.color, [1, 0, 0, 1]);
  });

  it('leaves extensions of other programs alone', () => {
    assert.equal(parseUrdf(robot('<link name="a"/><gazebo><x/></gazebo>')).links.size, 1);
  });

  const collision = (shape: string): string =>
    robot(`<link name="a"><collision><geometry>${shape}</geometry></collision></link>`);
  const refused: readonly [string, string, RegExp][] = [
    ['broken XML', '<robot name="r">', /XML line 1/],
    ['another root', '<sdf/>', /expected <robot>, found <sdf>/],
    ['a robot without a name', '<robot/>', /attribute "name"/],
    [
      'unknown elements',
      robot('<link name="a"/><sensor/>'),
      /robot "r": <sensor> is not supported/,
    ],
    ['meshes', collision('<mesh filename="x"/>'), /link "a": <mesh> is not supported/],
    ['no shape', collision(''), /link "a": <geometry> expected one shape/],
    ['flat boxes', collision('<box size="1 1 0"/>'), /link "a": <box size> expected a positive/],
    ['two numbers for three', collision('<box size="1 1"/>'), /expected 3 finite .* found "1 1"/],
    ['words for numbers', collision('<sphere radius="big"/>'), /<sphere radius> .* found "big"/],
    ['planar joints', robot(LINKS + joint('', 'planar')), /joint "j": type .* found "planar"/],
    ['joints without limits', robot(LINKS + joint('')), /joint "j": <joint> expected a <limit>/],
    [
      'limits the wrong way round',
      robot(LINKS + joint('<limit lower="1" upper="-1" effort="1" velocity="1"/>')),
      /joint "j": <limit> expected lower < upper/,
    ],
    ['an axis without direction', robot(LINKS + joint(`<axis xyz="0 0 0"/>${LIMIT}`)), /direction/],
    ['calibration', robot(LINKS + joint(`${LIMIT}<calibration/>`)), /<calibration> is not supp/],
    ['unknown links', robot('<link name="a"/>' + joint(LIMIT)), /joint "j": no link "b"/],
    ['links twice', robot('<link name="a"/><link name="a"/>'), /link "a" is there twice/],
    ['two trees', robot(LINKS), /expected one root link, found a, b/],
    [
      'two parents',
      robot(LINKS + '<link name="c"/>' + joint(LIMIT) + joint(LIMIT, 'revolute', 'k')),
      /link "b": expected one parent joint, found "j" and "k"/,
    ],
    [
      'leaderless mimics',
      robot(LINKS + joint(`${LIMIT}<mimic joint="z"/>`)),
      /is no leading joint/,
    ],
    [
      'unknown materials',
      robot(
        '<link name="a"><visual><geometry><sphere radius="1"/></geometry>' +
          '<material name="m"/></visual></link>',
      ),
      /link "a": <material name="m"> is unknown/,
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => parseUrdf(text), message));
  }

  it('refuses a loop beside the tree', () => {
    const links = ['a', 'b', 'c'].map((name) => `<link name="${name}"/>`).join('');
    const fixed = (name: string, parent: string, child: string): string =>
      `<joint name="${name}" type="fixed"><parent link="${parent}"/><child link="${child}"/></joint>`;
    const text = robot(links + fixed('j', 'b', 'c') + fixed('k', 'c', 'b'));
    assert.throws(() => parseUrdf(text), /loop/);
  });
});
