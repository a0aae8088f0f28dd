import {
  blocked,
  type Finding,
  type PredictedEffects,
  type Prediction,
  skipped,
  unknown,
} from '../../model/index.ts';

const DISABLED = 'SELinux is disabled on the host';

/** The finding of a step on a host without SELinux. */
export function whereDisabled({ required }: { readonly required: boolean }): Finding {
  if (!required) return skipped(DISABLED);
  return blocked(
    `${DISABLED}, and the step says \`required: true\``,
    "Enable SELinux with selinuxMode({ mode: 'permissive' }), reboot the host and apply again.",
  );
}

/** The earlier step that may add what the policy lacks: a policy module, or a package with one. */
export function mayExtendPolicy(effects: PredictedEffects, store: string): Prediction | undefined {
  return effects.below(`${store}/modules`) ?? effects.below('/usr/share/selinux');
}

/** Where the policy does not know a type. */
export function unknownType(type: string, store: string, effects: PredictedEffects): Finding {
  const soon = mayExtendPolicy(effects, store);
  if (soon) return unknown(soon.step, `it may bring the type ${type}`);
  return blocked(
    `the policy has no type ${type}`,
    'Check the name. If a policy module defines the type, put the selinuxModule or yumPackage step before this one.',
  );
}

const PACKAGES = {
  semanage: 'policycoreutils-python-utils (EL 7: policycoreutils-python)',
  setsebool: 'policycoreutils',
  semodule: 'policycoreutils',
  setenforce: 'libselinux-utils',
  restorecon: 'policycoreutils',
  checkmodule: 'checkpolicy',
  semodule_package: 'policycoreutils',
};

/** Where a tool is missing on the host; undefined if an earlier step certainly brings it. */
export function missingTool(tool: keyof typeof PACKAGES, effects: PredictedEffects): Finding | undefined {
  const soon = effects.command(tool);
  if (soon?.certain) return undefined;
  if (soon) return unknown(soon.step, `it may bring ${tool}`);
  return blocked(`${tool} is missing on the host`, `Install it with a yumPackage step: ${PACKAGES[tool]}.`);
}
