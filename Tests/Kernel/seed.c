// Tells the guest's kernel that it has entropy: a guest has no source of it, and programs would wait for ever.
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>

int main(void) {
    struct {
        struct rand_pool_info info;
        unsigned char bytes[64];
    } pool = {.info = {.entropy_count = 512, .buf_size = 64}};
    memset(pool.bytes, 0x5a, sizeof pool.bytes);
    int random = open("/dev/urandom", O_RDWR);
    return random < 0 || ioctl(random, RNDADDENTROPY, &pool) != 0;
}
