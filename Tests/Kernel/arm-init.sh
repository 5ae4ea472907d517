#!/bin/busybox sh
# The first process of the ARM guest.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /dev/pts
mount -t devpts none /dev/pts
mount -t configfs none /sys/kernel/config
ifconfig lo 127.0.0.1
# QEMU's network: this machine is 10.0.2.2.
ifconfig eth0 10.0.2.15 netmask 255.255.255.0
export BENCH_TOOLS=/bench
. /bench/environment
insmod /bench/simbus.ko && sh /bench/script
echo "BENCH-EXIT $?"
poweroff -f
