#define _GNU_SOURCE
#include "clinux_sockets.h"

#include <endian.h>

void clinux_address_v4(struct clinux_address *address, uint32_t host, uint16_t port) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htobe32(host);
    in->sin_port = htobe16(port);
    address->length = sizeof *in;
}

void clinux_address_v6(struct clinux_address *address, uint64_t high, uint64_t low, uint16_t port) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)&address->storage;
    uint64_t words[2] = {htobe64(high), htobe64(low)};
    in->sin6_family = AF_INET6;
    memcpy(&in->sin6_addr, words, sizeof words);
    in->sin6_port = htobe16(port);
    address->length = sizeof *in;
}

int clinux_address_local(struct clinux_address *address, const uint8_t *name, size_t length) {
    memset(address, 0, sizeof *address);
    struct sockaddr_un *local = (struct sockaddr_un *)&address->storage;
    if (length == 0 || memchr(name, 0, length)) {
        errno = EINVAL;
        return -1;
    }
    // One byte is left for the NUL that ends a path.
    if (length >= sizeof local->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, name, length);
    int is_abstract = name[0] == '@';
    if (is_abstract) local->sun_path[0] = 0;
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (is_abstract ? 0 : 1));
    return 0;
}

uint32_t clinux_address_v4_host(const struct clinux_address *address) {
    return be32toh(((const struct sockaddr_in *)&address->storage)->sin_addr.s_addr);
}

static uint64_t v6_word(const struct clinux_address *address, int index) {
    uint64_t words[2];
    memcpy(words, &((const struct sockaddr_in6 *)&address->storage)->sin6_addr, sizeof words);
    return be64toh(words[index]);
}

uint64_t clinux_address_v6_high(const struct clinux_address *address) { return v6_word(address, 0); }

uint64_t clinux_address_v6_low(const struct clinux_address *address) { return v6_word(address, 1); }

uint16_t clinux_address_port(const struct clinux_address *address) {
    // The port is in the same place in both families.
    return be16toh(((const struct sockaddr_in *)&address->storage)->sin_port);
}

int clinux_stream_socket(const struct clinux_address *address) {
    return socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int clinux_datagram_socket(const struct clinux_address *address) {
    return socket(address->storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int clinux_connect(int fd, const struct clinux_address *address) {
    return connect(fd, (const struct sockaddr *)&address->storage, address->length);
}

int clinux_bind(int fd, const struct clinux_address *address) {
    return bind(fd, (const struct sockaddr *)&address->storage, address->length);
}

int clinux_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int clinux_local_address(int fd, struct clinux_address *address) {
    address->length = sizeof address->storage;
    return getsockname(fd, (struct sockaddr *)&address->storage, &address->length);
}

int clinux_peer_address(int fd, struct clinux_address *address) {
    address->length = sizeof address->storage;
    return getpeername(fd, (struct sockaddr *)&address->storage, &address->length);
}

ssize_t clinux_send(int fd, const void *bytes, size_t count) { return send(fd, bytes, count, MSG_NOSIGNAL); }

int clinux_set_socket_option(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value);
}

int clinux_socket_error(int fd, int *error) {
    socklen_t size = sizeof *error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, error, &size);
}
