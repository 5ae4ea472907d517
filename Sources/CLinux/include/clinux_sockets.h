#pragma once

#include "clinux_base.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/// A socket address of any family, so that Swift need not cast between address types.
struct clinux_address {
    struct sockaddr_storage storage;
    socklen_t length;
};

/// Numbers in the machine's byte order.
void clinux_address_v4(struct clinux_address *address, uint32_t host, uint16_t port);
void clinux_address_v6(struct clinux_address *address, uint64_t high, uint64_t low, uint16_t port);
/// A path, or a name in the abstract name space when it starts with '@'; -1 with ENAMETOOLONG or EINVAL.
int clinux_address_local(struct clinux_address *address, const uint8_t *name, size_t length);

static inline sa_family_t clinux_address_family(const struct clinux_address *address) {
    return address->storage.ss_family;
}
uint32_t clinux_address_v4_host(const struct clinux_address *address);
uint64_t clinux_address_v6_high(const struct clinux_address *address);
uint64_t clinux_address_v6_low(const struct clinux_address *address);
/// The port of an IPv4 or IPv6 address.
uint16_t clinux_address_port(const struct clinux_address *address);

/// Non-blocking and closed on exec, of the family of `address`.
int clinux_stream_socket(const struct clinux_address *address);
int clinux_datagram_socket(const struct clinux_address *address);

int clinux_connect(int fd, const struct clinux_address *address);
int clinux_bind(int fd, const struct clinux_address *address);
/// Non-blocking and closed on exec.
int clinux_accept(int fd);
int clinux_local_address(int fd, struct clinux_address *address);
int clinux_peer_address(int fd, struct clinux_address *address);

/// Never raises SIGPIPE.
ssize_t clinux_send(int fd, const void *bytes, size_t count);

/// Shuts down the sending half (SHUT_WR is an enumerator and a macro).
static inline int clinux_shutdown_sending(int fd) { return shutdown(fd, SHUT_WR); }

int clinux_set_socket_option(int fd, int level, int option, int value);
/// Fetches and clears the socket's pending error.
int clinux_socket_error(int fd, int *error);
