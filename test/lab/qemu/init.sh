#!/busybox sh
# The first program of a virtual machine: mounts the disk and starts the systemd there.

b=/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read -r module; do
    $b insmod "/modules/$module.ko"
done </modules/order
until [ -b /dev/vda ]; do
    $b usleep 20000
done
$b mount -t ext4 -o rw,noatime /dev/vda /root
$b mount --move /dev /root/dev
$b umount /proc
exec $b switch_root /root /usr/lib/systemd/systemd
