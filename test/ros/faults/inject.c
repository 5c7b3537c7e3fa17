/*
 * Faults that need no rights: a library for LD_PRELOAD that sets a process's system clock ahead or
 * back and cuts it off from all IP networks, as told by the file that ST4VLA_INJECT names. Nothing
 * else on the machine notices.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The layout of the file, see Injection.ts. */
struct injection {
  volatile int64_t clock_offset_ns;
  volatile int64_t is_cut_off;
};

static struct injection nothing;
static struct injection *injection = &nothing;

__attribute__((constructor)) static void map_file(void) {
  const char *path = getenv("ST4VLA_INJECT");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof(struct injection), PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) injection = mapped;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) {
    int64_t ns = now->tv_nsec + injection->clock_offset_ns;
    now->tv_sec += ns / 1000000000;
    now->tv_nsec = ns % 1000000000;
    if (now->tv_nsec < 0) {
      now->tv_nsec += 1000000000;
      now->tv_sec -= 1;
    }
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec precise;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return result;
}

static int is_cut_off(int socket) {
  int domain = 0;
  socklen_t length = sizeof domain;
  if (!injection->is_cut_off) return 0;
  if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return 0;
  return domain == AF_INET || domain == AF_INET6;
}

static ssize_t length_of(const struct msghdr *message) {
  ssize_t length = 0;
  for (size_t i = 0; i < message->msg_iovlen; i++) length += (ssize_t)message->msg_iov[i].iov_len;
  return length;
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
  if (is_cut_off(socket)) return length_of(message);
  return syscall(SYS_sendmsg, socket, message, flags);
}

ssize_t sendto(int socket, const void *data, size_t length, int flags, const struct sockaddr *to,
               socklen_t to_length) {
  if (is_cut_off(socket)) return (ssize_t)length;
  return syscall(SYS_sendto, socket, data, length, flags, to, to_length);
}

/* What arrives meanwhile is lost. */
ssize_t recvmsg(int socket, struct msghdr *message, int flags) {
  for (;;) {
    socklen_t name_length = message->msg_namelen;
    ssize_t result = syscall(SYS_recvmsg, socket, message, flags);
    if (result < 0 || !is_cut_off(socket)) return result;
    message->msg_namelen = name_length;
  }
}

ssize_t recvfrom(int socket, void *restrict data, size_t length, int flags,
                 struct sockaddr *restrict from, socklen_t *restrict from_length) {
  for (;;) {
    ssize_t result = syscall(SYS_recvfrom, socket, data, length, flags, from, from_length);
    if (result < 0 || !is_cut_off(socket)) return result;
  }
}
