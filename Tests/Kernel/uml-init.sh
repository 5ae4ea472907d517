#!/bin/bash
# The first process of the User-Mode Linux guest. The kernel's command line puts run.sh's variables into its environment.
# Not for BusyBox's shell: /proc/self/exe is the kernel itself here.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
ln -s /proc/self/fd /dev/fd
mkdir -p /dev/pts /dev/shm
mount -t devpts none /dev/pts
mount -t tmpfs none /run
mount -t configfs none /sys/kernel/config
ip link set lo up
"$BENCH_TOOLS/seed" && insmod "$BENCH_TOOLS/simbus.ko" && bash "$BENCH_SCRIPT"
echo "BENCH-EXIT $?"
busybox poweroff -f
