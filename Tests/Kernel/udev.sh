#!/bin/bash
# Inside the guest: applies Udev/60-ballast.rules to the bench's devices, alone, and checks what became of them.
# BENCH_RULES is the file.
set -e
cp /etc/group /run/group
grep -q '^ballast:' /run/group || echo 'ballast:x:64999:' >> /run/group
mount --bind /run/group /etc/group
# Empty links hide the rules of the machine that lends its root file system.
mkdir -p /run/udev/rules.d
shopt -s nullglob
for rules in /{usr/,}lib/udev/rules.d/*.rules /etc/udev/rules.d/*.rules; do
    ln -sf /dev/null "/run/udev/rules.d/${rules##*/}"
done
cp "$BENCH_RULES" /run/udev/rules.d/60-ballast.rules
insmod "$BENCH_TOOLS/watchdog.ko"
insmod "$BENCH_TOOLS/softdog.ko"
mkdir -p /sys/kernel/config/gpio-sim/bench/bank
echo 1 > /sys/kernel/config/gpio-sim/bench/live
echo 0 > /sys/class/pwm/pwmchip0/export

status=0
# expect NODE WHAT…: group and mode of a file.
expect() {
    local found
    found=$(stat -c '%G %a' "$1")
    if [ "$found" = "$2" ]; then echo "udev: $1 is $2"; else echo "FAILED udev: $1 is $found, expected $2"; status=1; fi
}
for node in class/spidev/spidev0.0 class/i2c-dev/i2c-0 bus/gpio/devices/gpiochip0 class/watchdog/watchdog0 \
    class/misc/watchdog; do
    udevadm test "/sys/$node" > /run/log 2>&1 || { tail /run/log; status=1; }
    ! grep -iE 'invalid|unknown (key|group)' /run/log || status=1
    expect "/dev/${node##*/}" "ballast 660"
done
# Chip chains are the group's; the first port is the console's, and stays as it was.
console=$(stat -c '%G %a' /dev/ttyS0)
for port in ttyS0 ttyS1; do udevadm test "/sys/class/tty/$port" > "/run/$port" 2>&1 || { tail "/run/$port"; status=1; }; done
expect /dev/ttyS0 "$console"
expect /dev/ttyS1 "ballast 660"
if ! grep -q '^ID_MM_DEVICE_IGNORE=1' /run/ttyS1 || grep -q ID_MM_DEVICE_IGNORE /run/ttyS0; then
    echo "FAILED udev: modem managers are kept from ttyS1 alone"
    status=1
fi
# udevadm test does not run programs, but says which.
udevadm test /sys/class/pwm/pwmchip0 > /run/log 2>&1
run=$(sed -n "s/^run: '\(.*\)'$/\1/p" /run/log)
eval "$run"
expect /sys/class/pwm/pwmchip0/pwm0/period "ballast 664"
expect /sys/class/pwm/pwmchip0/export "ballast 220"
exit $status
