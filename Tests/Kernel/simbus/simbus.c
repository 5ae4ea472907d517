// SPDX-License-Identifier: GPL-2.0
/*
 * simbus - an SPI controller, an I2C adapter and a PWM chip whose hardware is a process, for test benches (Linux 6.1).
 *
 * The kernel's own spidev and i2c-dev sit on top, so programs see real /dev/spidevB.C and /dev/i2c-N. Every message that
 * reaches the hardware is handed to the process that reads /dev/simspi or /dev/simi2c, and waits for its answer:
 *
 *   request  u32 id, then
 *     SPI    u8 chip select, u8 mode, u16 transfers; per transfer u32 length, u32 clock in Hz, u8 flags (1 sends,
 *            2 receives), 3 bytes of padding, and the bytes sent where it sends
 *     I2C    u32 messages; per message u16 address, u16 flags (I2C_M_...), u32 length, and the bytes of a write
 *   answer   u32 id, s32 status (0 or a negative error number), then the bytes received, one transfer or read after
 *            another
 *
 * All numbers are in the machine's byte order. Without a process the SPI bus answers ENODEV, and the I2C bus ENXIO, as if
 * nothing were there; a process that does not answer in time makes ETIMEDOUT.
 */
#include <linux/i2c.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/pwm.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>

static int spi_devices = 4, pwm_channels = 4, timeout_ms = 500;
module_param(spi_devices, int, 0444);
module_param(pwm_channels, int, 0444);
module_param(timeout_ms, int, 0644);

#define MESSAGE_MAX (128 * 1024)

/* One bus and the process behind it. */
struct backend {
	struct miscdevice device;
	struct mutex transfer;	/* held for a whole request and its answer */
	struct mutex state;	/* guards what follows */
	wait_queue_head_t requested, answered;
	u8 *request, *answer;
	size_t request_length, answer_length;
	u32 id;
	s32 status;
	bool is_open, is_waiting, is_answered;
};

static int backend_open(struct inode *inode, struct file *file)
{
	struct backend *b = container_of(file->private_data, struct backend, device);
	int ret = 0;

	mutex_lock(&b->state);
	if (b->is_open)
		ret = -EBUSY;
	b->is_open = true;
	mutex_unlock(&b->state);
	file->private_data = b;
	return ret ?: nonseekable_open(inode, file);
}

static int backend_release(struct inode *inode, struct file *file)
{
	struct backend *b = file->private_data;

	mutex_lock(&b->state);
	b->is_open = false;
	b->is_waiting = false;
	mutex_unlock(&b->state);
	wake_up_all(&b->answered);
	return 0;
}

static ssize_t backend_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	struct backend *b = file->private_data;
	ssize_t ret;

	for (;;) {
		mutex_lock(&b->state);
		if (b->is_waiting)
			break;
		mutex_unlock(&b->state);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(b->requested, READ_ONCE(b->is_waiting)))
			return -ERESTARTSYS;
	}
	ret = b->request_length;
	if (size < b->request_length)
		ret = -EMSGSIZE;
	else if (copy_to_user(buffer, b->request, b->request_length))
		ret = -EFAULT;
	else
		b->is_waiting = false;
	mutex_unlock(&b->state);
	return ret;
}

static ssize_t backend_write(struct file *file, const char __user *buffer, size_t size, loff_t *offset)
{
	struct backend *b = file->private_data;
	struct { u32 id; s32 status; } head;
	ssize_t ret = size;

	if (size < sizeof(head) || size > MESSAGE_MAX)
		return -EINVAL;
	if (copy_from_user(&head, buffer, sizeof(head)))
		return -EFAULT;
	mutex_lock(&b->state);
	if (head.id != b->id || b->is_answered) {
		ret = -ESTALE;		/* its time was over */
	} else if (copy_from_user(b->answer, buffer + sizeof(head), size - sizeof(head))) {
		ret = -EFAULT;
	} else {
		b->answer_length = size - sizeof(head);
		b->status = head.status;
		b->is_answered = true;
	}
	mutex_unlock(&b->state);
	if (ret > 0)
		wake_up(&b->answered);
	return ret;
}

static __poll_t backend_poll(struct file *file, poll_table *wait)
{
	struct backend *b = file->private_data;

	poll_wait(file, &b->requested, wait);
	return EPOLLOUT | (READ_ONCE(b->is_waiting) ? EPOLLIN | EPOLLRDNORM : 0);
}

static const struct file_operations backend_operations = {
	.owner = THIS_MODULE, .open = backend_open, .release = backend_release, .read = backend_read,
	.write = backend_write, .poll = backend_poll, .llseek = no_llseek,
};

/* Hands over the request, whose first word is left free for the number, and waits for the answer. */
static int backend_call(struct backend *b, size_t length)
{
	int ret;

	mutex_lock(&b->state);
	if (!b->is_open) {
		mutex_unlock(&b->state);
		return -ENODEV;
	}
	*(u32 *)b->request = ++b->id;
	b->request_length = length;
	b->is_answered = false;
	b->is_waiting = true;
	mutex_unlock(&b->state);
	wake_up(&b->requested);
	wait_event_timeout(b->answered, READ_ONCE(b->is_answered) || !READ_ONCE(b->is_open),
			   msecs_to_jiffies(timeout_ms));
	mutex_lock(&b->state);
	b->is_waiting = false;
	if (b->is_answered)
		ret = b->status;
	else
		ret = b->is_open ? -ETIMEDOUT : -ENODEV;
	b->is_answered = true;	/* later answers are refused */
	mutex_unlock(&b->state);
	return ret;
}

static int backend_init(struct backend *b, const char *name)
{
	mutex_init(&b->transfer);
	mutex_init(&b->state);
	init_waitqueue_head(&b->requested);
	init_waitqueue_head(&b->answered);
	b->is_answered = true;
	b->request = kvmalloc(MESSAGE_MAX, GFP_KERNEL);
	b->answer = kvmalloc(MESSAGE_MAX, GFP_KERNEL);
	if (!b->request || !b->answer)
		return -ENOMEM;
	b->device.minor = MISC_DYNAMIC_MINOR;
	b->device.name = name;
	b->device.fops = &backend_operations;
	return misc_register(&b->device);
}

static void backend_exit(struct backend *b)
{
	if (b->device.this_device)
		misc_deregister(&b->device);
	kvfree(b->request);
	kvfree(b->answer);
}

static struct backend spi_backend, i2c_backend;
static struct platform_device *parent;

/* SPI. */

struct spi_head { u32 id; u8 chip_select; u8 mode; u16 count; };
struct spi_part { u32 length; u32 hertz; u8 flags; u8 padding[3]; };

static struct spi_controller *controller;

static int spi_request(struct spi_message *message)
{
	u8 *request = spi_backend.request;
	struct spi_head head = { .chip_select = message->spi->chip_select, .mode = message->spi->mode };
	struct spi_transfer *transfer;
	size_t end = sizeof(head);

	list_for_each_entry(transfer, &message->transfers, transfer_list) {
		struct spi_part part = { .length = transfer->len, .hertz = transfer->speed_hz };

		if (end + sizeof(part) + transfer->len > MESSAGE_MAX)
			return -EMSGSIZE;
		part.flags = (transfer->tx_buf ? 1 : 0) | (transfer->rx_buf ? 2 : 0);
		memcpy(request + end, &part, sizeof(part));
		end += sizeof(part);
		if (transfer->tx_buf) {
			memcpy(request + end, transfer->tx_buf, transfer->len);
			end += transfer->len;
		}
		head.count++;
	}
	memcpy(request, &head, sizeof(head));
	return backend_call(&spi_backend, end);
}

static int spi_transfer_message(struct spi_controller *c, struct spi_message *message)
{
	struct spi_transfer *transfer;
	size_t taken = 0;

	mutex_lock(&spi_backend.transfer);
	message->status = spi_request(message);
	if (message->status == 0) {
		list_for_each_entry(transfer, &message->transfers, transfer_list) {
			if (transfer->rx_buf) {
				size_t left = spi_backend.answer_length - taken;
				size_t count = min_t(size_t, transfer->len, left);

				memset(transfer->rx_buf, 0, transfer->len);
				memcpy(transfer->rx_buf, spi_backend.answer + taken, count);
				taken += count;
			}
			message->actual_length += transfer->len;
		}
	}
	mutex_unlock(&spi_backend.transfer);
	spi_finalize_current_message(c);
	return 0;
}

static int spi_start(void)
{
	int ret, i;

	controller = spi_alloc_master(&parent->dev, 0);
	if (!controller)
		return -ENOMEM;
	controller->bus_num = 0;
	controller->num_chipselect = spi_devices;
	controller->mode_bits = SPI_CPOL | SPI_CPHA;
	controller->bits_per_word_mask = SPI_BPW_MASK(8);
	controller->max_speed_hz = 50000000;
	controller->min_speed_hz = 1000;
	controller->transfer_one_message = spi_transfer_message;
	ret = spi_register_controller(controller);
	if (ret) {
		spi_controller_put(controller);
		controller = NULL;
		return ret;
	}
	for (i = 0; i < spi_devices; i++) {
		/* A name in spidev's table: the driver takes no device that is just called spidev. */
		struct spi_board_info info = {
			.modalias = "dh2228fv", .max_speed_hz = 25000000, .chip_select = i, .mode = SPI_MODE_0,
		};

		if (!spi_new_device(controller, &info))
			return -ENODEV;
	}
	return 0;
}

/* I2C. */

struct i2c_head { u32 id; u32 count; };
struct i2c_part { u16 address; u16 flags; u32 length; };

static int i2c_request(struct i2c_msg *messages, int count)
{
	u8 *request = i2c_backend.request;
	struct i2c_head head = { .count = count };
	size_t end = sizeof(head);
	int i;

	for (i = 0; i < count; i++) {
		struct i2c_part part = { messages[i].addr, messages[i].flags, messages[i].len };

		if (end + sizeof(part) + part.length > MESSAGE_MAX)
			return -EMSGSIZE;
		memcpy(request + end, &part, sizeof(part));
		end += sizeof(part);
		if (!(part.flags & I2C_M_RD)) {
			memcpy(request + end, messages[i].buf, part.length);
			end += part.length;
		}
	}
	memcpy(request, &head, sizeof(head));
	return backend_call(&i2c_backend, end);
}

static int i2c_transfer_messages(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	size_t taken = 0;
	int i, ret;

	mutex_lock(&i2c_backend.transfer);
	ret = i2c_request(messages, count);
	for (i = 0; ret == 0 && i < count; i++) {
		if (!(messages[i].flags & I2C_M_RD))
			continue;
		if (taken + messages[i].len > i2c_backend.answer_length) {
			ret = -EIO;
			break;
		}
		memcpy(messages[i].buf, i2c_backend.answer + taken, messages[i].len);
		taken += messages[i].len;
	}
	mutex_unlock(&i2c_backend.transfer);
	if (ret == -ENODEV)
		ret = -ENXIO;
	return ret ?: count;
}

static u32 i2c_functions(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {
	.master_xfer = i2c_transfer_messages, .functionality = i2c_functions,
};
static struct i2c_adapter adapter = { .owner = THIS_MODULE, .name = "simbus", .algo = &algorithm };
static bool has_adapter;

/* PWM: the state is the kernel's, as programs set it. */

static int pwm_apply(struct pwm_chip *chip, struct pwm_device *device, const struct pwm_state *state)
{
	/* A divider of 1 us to 1 s. */
	return state->period < 1000 || state->period > NSEC_PER_SEC ? -EINVAL : 0;
}

static const struct pwm_ops pwm_operations = { .apply = pwm_apply, .owner = THIS_MODULE };
static struct pwm_chip pwm = { .ops = &pwm_operations };
static bool has_pwm;

static void simbus_stop(void)
{
	if (has_pwm)
		pwmchip_remove(&pwm);
	if (has_adapter)
		i2c_del_adapter(&adapter);
	if (controller)
		spi_unregister_controller(controller);
	backend_exit(&spi_backend);
	backend_exit(&i2c_backend);
	platform_device_unregister(parent);
}

static int __init simbus_init(void)
{
	int ret;

	parent = platform_device_register_simple("simbus", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	ret = backend_init(&spi_backend, "simspi") ?: backend_init(&i2c_backend, "simi2c") ?: spi_start();
	if (!ret) {
		adapter.dev.parent = &parent->dev;
		ret = i2c_add_adapter(&adapter);
		has_adapter = !ret;
	}
	if (!ret) {
		pwm.dev = &parent->dev;
		pwm.npwm = pwm_channels;
		ret = pwmchip_add(&pwm);
		has_pwm = !ret;
	}
	if (ret)
		simbus_stop();
	return ret;
}

module_init(simbus_init);
module_exit(simbus_stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("SPI, I2C and PWM whose hardware is a process, for test benches");
