/** What all of them have. */
export const PASSWORD = 'it is "quoted" \\ $HOME';

/** Users for an sshd's `prepare`, in its mount namespace only; their shell prints when it starts, and leaves a strange umask. */
export const SUDO_USERS = `
for file in shadow group; do cp /etc/$file "$1/$file"; mount --bind "$1/$file" /etc/$file; done
printf 'echo noise; echo noise >&2; umask 077; cd /tmp\\n' >"$1/home/.bashrc"
password='$6$trueup$sEix1r0uO6zYo60qMD025Reg1mm85h9PnZghkFV5mum3216prLSmuAoZLsECbandLIkH26SDtbXxtTDnwoWIo.'
number=4000
for user in allowed asked hasty terminal stranger helpless partly; do
  number=$((number + 1))
  echo "$user:x:$number:$number::$1/home:/bin/bash" >>/etc/passwd
  echo "$user:$password:20000::::::" >>/etc/shadow
  echo "$user:x:$number:" >>/etc/group
done
{ echo 'Defaults:terminal requiretty'
  echo 'allowed ALL=(ALL) NOPASSWD: ALL'
  echo 'terminal ALL=(ALL) NOPASSWD: ALL'
  echo 'asked ALL=(ALL) ALL'
  echo 'partly ALL=(ALL) PASSWD: ALL, NOPASSWD: /usr/bin/true, NOPASSWD: /bin/true'
  echo 'hasty ALL=(ALL) ALL'
  echo 'Defaults:hasty timestamp_timeout=0'
  echo "Defaults logfile=$1/sudo.log"; } >"$1/sudoers"
chmod 440 "$1/sudoers"; chmod 755 "$1"
mount --bind "$1/sudoers" /etc/sudoers`;
