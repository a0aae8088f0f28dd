/// <reference types="node" preserve="true" />
export { z } from 'zod';
export { failoverCheck } from './checks/failover-check.ts';
export { httpCheck } from './checks/http-check.ts';
export { logLineCheck } from './checks/log-line-check.ts';
export { tcpCheck } from './checks/tcp-check.ts';
export { tlsCheck } from './checks/tls-check.ts';
export { virtualAddressCheck } from './checks/virtual-address-check.ts';
export type {
  Check,
  Facts,
  Host,
  LastProbe,
  Pending,
  PlayContext,
  RequiresContext,
  Secret,
  Share,
  Step,
} from './model/index.ts';
export { definePlaybook, type Playbook, type PlaySpec } from './playbook/define-playbook.ts';
export { env, secret } from './playbook/env.ts';
export { on } from './playbook/on.ts';
export { authorizedKey } from './resources/authorized-key.ts';
export { command } from './resources/command.ts';
export { directory } from './resources/directory.ts';
export { file } from './resources/file.ts';
export { firewalldPorts } from './resources/firewalld-ports.ts';
export { group } from './resources/group.ts';
export { haproxyServer } from './resources/haproxy-server.ts';
export { hostname } from './resources/hostname.ts';
export { iptablesRules } from './resources/iptables-rules.ts';
export { iptablesService } from './resources/iptables-service.ts';
export { kernelModule } from './resources/kernel-module.ts';
export { selinuxBoolean } from './resources/selinux-boolean.ts';
export { selinuxContext } from './resources/selinux-context.ts';
export { selinuxMode } from './resources/selinux-mode.ts';
export { selinuxModule } from './resources/selinux-module.ts';
export { selinuxPort } from './resources/selinux-port.ts';
export { symlink } from './resources/symlink.ts';
export { sysctl } from './resources/sysctl.ts';
export { systemdService } from './resources/systemd-service.ts';
export { template } from './resources/template.ts';
export { user } from './resources/user.ts';
export { virtualAddress } from './resources/virtual-address.ts';
export { yumPackage } from './resources/yum-package.ts';
export { yumRepository } from './resources/yum-repository.ts';
