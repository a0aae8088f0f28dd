import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import type { ModuleSource } from './prepare.ts';
import { type ModuleState, moduleFolder, recordOf, STORED } from './probe.ts';

/**
 * The source comes as base64 on stdin. Its folder is in /tmp, since semodule's own domain may read there what an administrator
 * brings, but not in /run; its output goes through a pipe, as it may not write to our files either.
 */
const INSTALL = `export LC_ALL=C
${STORED}
name=$1 kind=$2 sum=$3 record=$4 module=$5 enable=$6
umask 077
folder=$(mktemp -d /tmp/trueup-module.XXXXXX) || exit
trap 'rm -rf "$folder"' EXIT
cd "$folder" && base64 -d >"$name.$kind" || exit
if [ "$kind" = te ]; then
  checkmodule -M -m -o "$name.mod" "$name.te" >&2 || exit
  semodule_package -o "$name.pp" -m "$name.mod" || exit
  kind=pp
fi
said=$(semodule -X 400 -i "$folder/$name.$kind" \${enable:+-e "$name"} 2>&1) || {
  printf '%s\\n' "$said" >&2
  exit 1
}
stored=$(stored "$module") || exit
${OWN_FOLDER}
own_folder /var/lib/trueup "\${record%/*}" && printf '%s %s\\n' "$sum" "\${stored%% *}" >"$record.new" && mv -f "$record.new" "$record"`;

const REMOVE = `export LC_ALL=C
said=$(semodule -X 400 -r "$1" 2>&1) || {
  printf '%s\\n' "$said" >&2
  exit 1
}
rm -f "$2"`;

export function installAction(
  name: string,
  { kind, content, sha256 }: ModuleSource,
  { store, isOff }: ModuleState,
): Action {
  const words = [name, kind, sha256, recordOf(name), moduleFolder(store, name), isOff ? 'enable' : ''];
  return { exec: shell(INSTALL, ...words), stdin: content.toString('base64') };
}

export function enableAction(name: string): Action {
  return { exec: ['semodule', '-e', name] };
}

export function removeAction(name: string): Action {
  return { exec: shell(REMOVE, name, recordOf(name)) };
}
