import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { formatXml, xml, xmlValue } from '../../sim/gazebo/xml.ts';
import type { DdsAccess } from './permissions.ts';

const CURVE = 'prime256v1';

/**
 * A keystore as SROS2 lays it out, with a key, a certificate and signed permissions per enclave, made
 * with the program openssl.
 * @param domain of ROS that the permissions are for
 */
export function makeKeystore(
  folder: string,
  domain: number,
  accessOf: ReadonlyMap<string, DdsAccess>,
): void {
  fs.mkdirSync(folder, { recursive: true });
  const ca = {
    key: path.join(folder, 'ca.key.pem'),
    certificate: path.join(folder, 'ca.cert.pem'),
  };
  makeKey(ca.key);
  openssl('req', '-x509', '-new', '-key', ca.key, '-subj', '/CN=sros2CA', '-out', ca.certificate);
  const governance = path.join(folder, 'enclaves', 'governance');
  fs.mkdirSync(path.dirname(governance));
  sign(`${governance}.xml`, `${governance}.p7s`, governanceXml(domain), ca);
  for (const [enclave, access] of accessOf) {
    const home = path.join(folder, 'enclaves', enclave);
    fs.mkdirSync(home, { recursive: true });
    const file = (name: string): string => path.join(home, name);
    makeKey(file('key.pem'));
    const subject = `/CN=${enclave.replaceAll('/', '\\/')}`;
    openssl('req', '-new', '-key', file('key.pem'), '-subj', subject, '-out', file('request.pem'));
    const issuer = ['-CA', ca.certificate, '-CAkey', ca.key, '-CAcreateserial', '-days', '30'];
    openssl('x509', '-req', '-in', file('request.pem'), ...issuer, '-out', file('cert.pem'));
    fs.rmSync(file('request.pem'));
    const permissions = permissionsXml(enclave, domain, access);
    sign(file('permissions.xml'), file('permissions.p7s'), permissions, ca);
    fs.copyFileSync(`${governance}.p7s`, file('governance.p7s'));
    for (const name of ['identity_ca.cert.pem', 'permissions_ca.cert.pem'])
      fs.copyFileSync(ca.certificate, file(name));
  }
}

function makeKey(file: string): void {
  openssl('ecparam', '-name', CURVE, '-genkey', '-noout', '-out', file);
}

function sign(
  plain: string,
  signed: string,
  text: string,
  ca: { readonly key: string; readonly certificate: string },
): void {
  fs.writeFileSync(plain, text);
  const signer = ['-signer', ca.certificate, '-inkey', ca.key];
  openssl('smime', '-sign', '-text', '-in', plain, ...signer, '-out', signed);
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** As SROS2's: nobody joins without a certificate, and everything is encrypted. */
function governanceXml(domain: number): string {
  const rules = {
    allow_unauthenticated_participants: false,
    enable_join_access_control: true,
    discovery_protection_kind: 'ENCRYPT',
    liveliness_protection_kind: 'ENCRYPT',
    rtps_protection_kind: 'SIGN',
  };
  const topicRules = {
    topic_expression: '*',
    enable_discovery_protection: true,
    enable_liveliness_protection: true,
    enable_read_access_control: true,
    enable_write_access_control: true,
    metadata_protection_kind: 'ENCRYPT',
    data_protection_kind: 'ENCRYPT',
  };
  const values = (all: Record<string, string | boolean>) =>
    Object.entries(all).map(([tag, value]) => xmlValue(tag, value));
  return formatXml(
    xml(
      'dds',
      {},
      xml(
        'domain_access_rules',
        {},
        xml(
          'domain_rule',
          {},
          xml('domains', {}, xmlValue('id', domain)),
          values(rules),
          xml('topic_access_rules', {}, xml('topic_rule', {}, values(topicRules))),
        ),
      ),
    ),
    'Who may join',
  );
}

function permissionsXml(
  enclave: string,
  domain: number,
  { publish, subscribe }: DdsAccess,
): string {
  const topics = (list: readonly string[]) =>
    xml(
      'topics',
      {},
      list.map((topic) => xmlValue('topic', topic)),
    );
  return formatXml(
    xml(
      'dds',
      {},
      xml(
        'permissions',
        {},
        xml(
          'grant',
          { name: enclave },
          xmlValue('subject_name', `CN=${enclave}`),
          xml(
            'validity',
            {},
            xmlValue('not_before', '2020-01-01T00:00:00'),
            xmlValue('not_after', '2090-01-01T00:00:00'),
          ),
          xml(
            'allow_rule',
            {},
            xml('domains', {}, xmlValue('id', domain)),
            xml('publish', {}, topics(publish)),
            xml('subscribe', {}, topics(subscribe)),
          ),
          xmlValue('default', 'DENY'),
        ),
      ),
    ),
    'What one enclave may do',
  );
}
